"""A fault that was put into pods: is it there, and what still holds it."""

from dataclasses import replace

import pytest

from chaos.domain.injection import Sign
from chaos.domain.postcondition import not_freed
from chaos.domain.presence import is_there
from chaos.domain.sight import ResultSeen
from chaos.domain.states import RunState
from tests.domain.views import ENGINE, a_sight, a_view, ago, replaced_pods
from tests.support.builders import a_latency_spec, pods

STANDING, HELD = pods(), ("api-0", "api-1", "api-2")


@pytest.mark.parametrize(
    "there, statuses, was_injected, held",
    [
        (STANDING, None, False, ()),
        (STANDING, None, True, HELD),
        (STANDING, {}, False, HELD),
        (STANDING, dict.fromkeys(HELD, "targeted"), False, HELD),
        (STANDING, dict.fromkeys(HELD, "injected"), True, HELD),
        (STANDING, dict.fromkeys(HELD, "reverted"), True, ()),
        (STANDING, {"api-0": "reverted", "api-1": "injected"}, True, ("api-1", "api-2")),
        (replaced_pods(), dict.fromkeys(HELD, "injected"), True, ()),
        (replaced_pods(), None, True, ()),
        ((*replaced_pods(), pods()[0]), {}, True, ("api-0",)),
    ],
)
def test_a_fault_is_in_its_pods_until_the_helper_says_otherwise_or_they_are_gone(
    there, statuses, was_injected, held
):
    view = a_view(RunState.REVERTING, a_latency_spec())
    results = ()
    if statuses is not None:
        results = (ResultSeen("r", ENGINE, targets={f"pod/{name}": said for name, said in statuses.items()}),)
    progress = replace(view.progress[0], injected_at=ago(15) if was_injected else None)
    assert not_freed(view.injections[0], progress, a_sight(pods=there, results=results)) == held


def test_what_another_engine_s_result_says_counts_for_nothing():
    view = a_view(RunState.REVERTING, a_latency_spec())
    other = ResultSeen("r", "gd-ffffffff-0", targets={f"pod/{name}": "reverted" for name in HELD})
    assert not_freed(view.injections[0], view.progress[0], a_sight(results=(other,))) == HELD


def test_a_container_that_was_restarted_since_launch_shows_the_fault():
    view = a_view()
    injection = replace(view.injections[0], sign=Sign.TARGETS_RESTART)
    assert not is_there(view, injection, a_sight())
    others = tuple(replace(pod, restarts=1) if pod.name == "api-5" else pod for pod in pods())
    assert not is_there(view, injection, a_sight(pods=others)), "that one is no target"
    assert not is_there(view, injection, a_sight(pods=pods()[1:]))
    restarted = (replace(pods()[0], restarts=1), *pods()[1:])
    assert is_there(view, injection, a_sight(pods=restarted))
    before = replace(injection, targets=tuple(replace(pod, restarts=1) for pod in injection.targets))
    assert not is_there(view, before, a_sight(pods=restarted))

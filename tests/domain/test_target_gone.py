"""The namespace of the targets is taken away: what of it is gone with it, and what is not known to be."""

from dataclasses import replace

import pytest

from chaos.domain.certificate import Cleanup, judge
from chaos.domain.measured import Part
from chaos.domain.postcondition import namespace_lost
from chaos.domain.proof import expected, measured, unmet
from chaos.domain.run import Marks
from chaos.domain.sight import Namespace, ResidueKind
from chaos.domain.states import RunState, StopKind
from chaos.domain.stopping import why_stop
from tests.domain.views import NOW, a_sight, a_view, ago, residue, tallies
from tests.support.builders import a_drain_spec, a_latency_spec, a_node, a_spec, pods

OURS = "uid-payments"
NOBODY = Namespace("payments")
LATER = "namespace payments is another one by now"
NONE = "namespace payments is no more there"
THERE = {
    "nobody looked": ((), ""),
    "it is there": ((Namespace("payments", OURS),), ""),
    "it is terminating": ((Namespace("payments", OURS, is_leaving=True),), ""),
    "another namespace is not there": ((Namespace("cards"),), ""),
    "it is not there": ((NOBODY,), NONE),
    "another has its name": ((Namespace("payments", "uid-later"),), LATER),
    "another has its name, and goes too": ((Namespace("payments", "uid-later", is_leaving=True),), LATER),
}


def a_run(spec, state=RunState.REVERTING, uid=OURS, **changes):
    view = a_view(state, spec=spec, **changes)
    post = replace(view.injections[0].postcondition, namespace_uid=uid)
    return replace(view, injections=(replace(view.injections[0], postcondition=post),))


def left(view, sight):
    return unmet(view, view.injections[0], sight, view.state_since)


@pytest.mark.parametrize("namespaces, lost", THERE.values(), ids=THERE)
def test_a_namespace_is_lost_only_where_a_look_showed_that_it_is_not_the_one_it_was(namespaces, lost):
    view, sight = a_run(a_spec()), a_sight(pods=(), namespaces=namespaces)
    assert namespace_lost(view.injections[0], sight) == lost
    assert left(view, sight) == (() if lost else ("0 of 6 pods are ready in payments",))


def test_of_a_namespace_whose_identity_was_never_known_only_that_it_is_not_there_says_anything():
    injection = a_run(a_spec(), uid="").injections[0]
    assert namespace_lost(injection, a_sight(namespaces=(Namespace("payments", "uid-later"),))) == ""
    assert namespace_lost(injection, a_sight(namespaces=(NOBODY,))) == NONE


def test_the_probe_of_pods_that_are_gone_is_not_waited_for():
    out = tallies(a_latency_spec(), values=(120.0, None, None))
    view = a_run(a_latency_spec(), tallies=out)
    sight = a_sight(pods=(), namespaces=(NOBODY,))
    assert left(view, sight) == ()
    found = {item.part: item for item in measured(view, view.injections[0], sight, view.state_since)}
    assert set(found) == set(expected(view.injections[0]))
    assert found[Part.PROBE].gone == found[Part.READY].gone == ("namespace payments",)
    assert "not yet back in its tolerance" in " ".join(left(view, replace(sight, namespaces=())))


def test_a_pod_of_it_that_is_still_seen_is_not_gone():
    view = a_run(a_latency_spec())
    held = replace(view, progress=(replace(view.progress[0], injected_at=ago(15)),))
    sight = a_sight(pods=tuple(replace(pod, is_leaving=True) for pod in pods()), namespaces=(NOBODY,))
    assert left(held, sight) == ("the fault was not taken out of api-0, api-1, api-2",)


def test_what_was_done_elsewhere_is_proven_all_the_same():
    view = a_run(a_drain_spec())
    cordoned = a_sight(pods=(), nodes=(a_node(is_schedulable=False),), namespaces=(NOBODY,))
    assert left(view, cordoned) == ("node node-0 is not as it was (cordoned)",)
    assert left(view, replace(cordoned, nodes=(a_node(),))) == ()
    helper = residue(ResidueKind.POD)
    parts = [
        item.part for item in measured(view, view.injections[0], replace(cordoned, residue=(helper,)), ago(9))
    ]
    assert Part.OWN not in parts and Part.SCHEDULABLE not in parts


@pytest.mark.parametrize(
    "namespace, reason",
    [
        (NOBODY, "Target gone: namespace payments is no more there."),
        (Namespace("payments", "uid-later"), "Target gone: namespace payments is another one by now."),
        (Namespace("payments", OURS, True), "Target gone: namespace payments is being deleted."),
    ],
)
@pytest.mark.parametrize("state", [RunState.BASELINING, RunState.INJECTING, RunState.OBSERVING])
def test_a_run_whose_target_goes_is_stopped_for_that_before_anything_that_follows_from_it(
    state, namespace, reason
):
    seen = a_sight(pods=(), namespaces=(namespace,))
    view = a_run(a_spec(), state, seen=seen, tallies=tallies(values=(120.0, 600.0, 600.0)))
    stop = why_stop(view, NOW)
    assert (stop.kind, stop.reason, stop.by) == (StopKind.GONE, reason, "")


def test_the_certificate_says_that_the_target_is_gone():
    view = a_run(a_latency_spec())
    sight = a_sight(pods=(), namespaces=(NOBODY,), residue=())
    proof = measured(view, view.injections[0], sight, view.state_since)
    progress = replace(view.progress[0], reverted_at=ago(1), proof=proof)
    verdict, (found,) = judge(
        view.injections, (progress,), RunState.ABORTED, Marks(clean_at=ago(1)), is_unprovable=False
    )
    assert verdict is Cleanup.GONE
    assert found.sentence == "namespace payments is no more there, and what was done to it went along."

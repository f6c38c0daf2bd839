"""Pods that people touch in mid-run: labels taken off, and others that come under a target's name."""

from dataclasses import replace

from chaos.domain.injection import Progress, Sign
from chaos.domain.postcondition import not_freed, targets_missing
from chaos.domain.presence import is_there, targets_left
from chaos.domain.proof import unmet
from chaos.domain.sight import ResultSeen
from chaos.domain.states import RunState
from tests.domain.views import a_sight, a_view, ago
from tests.support.builders import a_latency_spec, pods

DELETED = a_view(RunState.REVERTING)
DELETION = DELETED.injections[0]
DELAYED = a_view(RunState.REVERTING, a_latency_spec())
DELAY = DELAYED.injections[0]
QUARANTINED = replace(pods()[0], labels={"quarantined-by": "ravi"})
REPLACEMENT = replace(pods()[0], name="new-api-0", uid="new-uid-0")
AGAIN = replace(pods()[0], uid="uid-of-the-second-api-0")
"""As a StatefulSet makes it: of the same name, another pod."""


def left(view, there, **changes):
    return unmet(view, view.injections[0], a_sight(pods=there, **changes), ago(10))


def says(status, *names):
    return {"results": (ResultSeen("r", DELAY.name, targets={f"pod/{name}": status for name in names}),)}


def test_a_quarantined_target_may_still_have_the_fault_though_others_make_up_the_number():
    there = (QUARANTINED, REPLACEMENT, *pods()[1:])
    assert "the fault was not taken out of api-0, api-1, api-2" in left(DELAYED, there)
    freed = says("reverted", "api-1", "api-2")
    assert "the fault was not taken out of api-0" in left(DELAYED, there, **freed)
    assert not [reason for reason in left(DELAYED, there[1:], **freed) if "taken out" in reason]


def test_a_quarantined_target_counts_neither_as_ready_nor_as_gone():
    assert "5 of 6 pods are ready in payments" in left(DELETED, (QUARANTINED, *pods()[1:]))
    assert targets_left(DELETION, a_sight(pods=(QUARANTINED, *pods()[1:]))) == ()
    assert not is_there(DELETED, DELETION, a_sight(pods=(QUARANTINED, *pods()[1:])))


def test_a_quarantined_target_that_is_still_terminating_is_not_gone_yet():
    leaving = replace(QUARANTINED, is_leaving=True)
    assert left(DELETED, (leaving, REPLACEMENT, *pods()[1:])) == ("still terminating: api-0",)


def test_a_target_quarantined_before_the_fault_is_not_what_was_approved():
    assert targets_missing(DELETION, a_sight(pods=(QUARANTINED, *pods()[1:]))) == ("api-0",)


def test_a_pod_that_came_back_under_its_name_is_another():
    there = (AGAIN, *pods()[1:])
    assert targets_left(DELETION, a_sight(pods=there)) == ("api-0",)
    assert targets_missing(DELETION, a_sight(pods=there)) == ("api-0",)
    assert left(DELETED, there) == ()
    leaving = replace(AGAIN, is_leaving=True)
    assert "still terminating" not in " ".join(left(DELETED, (leaving, *pods()[1:])))


def test_restarts_of_a_pod_that_came_back_under_its_name_are_none_of_the_target_s():
    killed = replace(DELETION, sign=Sign.TARGETS_RESTART)
    assert not is_there(DELETED, killed, a_sight(pods=(replace(AGAIN, restarts=7), *pods()[1:])))
    assert is_there(DELETED, killed, a_sight(pods=(replace(pods()[0], restarts=1), *pods()[1:])))


def test_a_pod_that_took_a_target_s_name_has_the_fault_if_litmus_says_so_until_it_is_replaced_too():
    progress, there = DELAYED.progress[0], (AGAIN, *pods()[3:])
    injected = a_sight(pods=there, **says("injected", "api-0"))
    assert not_freed(DELAY, progress, injected) == ("api-0",)
    assert not_freed(DELAY, progress, a_sight(pods=there, **says("targeted", "api-0"))) == ()
    recreated = replace(progress, recreated_at=ago(1))
    assert not_freed(DELAY, recreated, injected) == (), "the third of its name"
    leaving = a_sight(pods=(replace(AGAIN, is_leaving=True),), **says("injected", "api-0"))
    assert not_freed(DELAY, recreated, leaving) == ("api-0",)


def test_where_litmus_never_said_a_word_no_pod_has_a_fault():
    assert not_freed(DELAY, Progress(0, requested_at=ago(3)), a_sight(pods=(AGAIN, *pods()[1:]))) == ()

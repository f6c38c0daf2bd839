"""Is a fault there, is it gone: measured on the platform, whatever Litmus says."""

from dataclasses import replace

import pytest

from chaos.domain.postcondition import live_residue, targets_missing, workloads
from chaos.domain.proof import unmet
from chaos.domain.sight import ResidueKind
from chaos.domain.states import RunState
from chaos.domain.tally import tallies_of
from tests.domain.views import a_sight, a_view, ago, readings, replaced_pods, residue, said, tallies
from tests.support.builders import a_manual_spec, pods

SINCE = ago(10)
LEAVING = tuple(replace(pod, is_leaving=pod.name == "api-0") for pod in pods())
UNREADY = tuple(replace(pod, is_ready=pod.name != "api-0") for pod in pods())
ELSEWHERE = tuple(replace(pod, namespace="staging") for pod in pods()[:1])
OTHERS = tuple(replace(pod, labels={"app": "web"}) for pod in pods()[:1])


def left(sight, view=None, since=SINCE):
    view = view or a_view(RunState.REVERTING)
    return unmet(view, view.injections[0], sight, since)


@pytest.mark.parametrize("there", [pods(), replaced_pods()], ids=["the old pods", "new pods"])
def test_as_many_ready_pods_as_before_and_none_on_its_way_out_is_gone(there):
    assert left(a_sight(pods=there)) == ()


@pytest.mark.parametrize(
    "there, sentence",
    [
        ((), "0 of 6 pods are ready in payments"),
        (pods()[3:], "3 of 6 pods are ready in payments"),
        (replaced_pods(ready=False), "3 of 6 pods are ready in payments"),
        (UNREADY, "5 of 6 pods are ready in payments"),
        (pods()[1:] + ELSEWHERE, "5 of 6 pods are ready in payments"),
        (pods()[1:] + OTHERS, "5 of 6 pods are ready in payments"),
        (LEAVING, "still terminating: api-0"),
        (LEAVING, "5 of 6 pods are ready in payments"),
        (replaced_pods() + LEAVING[:1], "still terminating: api-0"),
    ],
)
def test_pods_missing_unready_elsewhere_or_still_leaving_are_said(there, sentence):
    assert sentence in left(a_sight(pods=there))


def test_more_pods_than_before_are_no_reason():
    extra = replace(pods()[0], name="api-9", uid="uid-9")
    assert left(a_sight(pods=(*pods(), extra))) == ()


def by_hand(words=(), values=(120.0, 120.0, 120.0), last=0.0):
    spec = a_manual_spec()
    return a_view(RunState.REVERTING, spec, words=words, tallies=tallies(spec, values, last))


def test_a_fault_by_hand_takes_the_word_and_the_green_probe_after_it():
    assert left(a_sight(), by_hand()) == ("nobody has said yet that it is undone",)
    assert left(a_sight(), by_hand((said("injected"),))) == ("nobody has said yet that it is undone",)
    assert left(a_sight(), by_hand((said("reverted", 1),))) == ()


@pytest.mark.parametrize(
    "view, sentence",
    [
        (by_hand((said("reverted", 1),), values=(300.0, 300.0, 300.0)), "p99 is 300 ms, not yet back"),
        (by_hand((said("reverted", 1),), values=(300.0, 120.0, 120.0)), "p99 is 120 ms, not yet back"),
        (by_hand((said("reverted", 1),), last=2.0), "p99 is 120 ms, not yet back"),
        (by_hand((said("reverted", 1),), last=0.98), "p99 is 120 ms, not yet back"),
        (by_hand((said("reverted", 1),), values=(None,)), "p99 is unknown, not yet back"),
        (by_hand((said("reverted", 1),), values=(120.0, 120.0, 120.0, None)), "p99 is 120 ms, not yet back"),
    ],
    ids=[
        "bad",
        "not long enough",
        "from before the word",
        "asked before the word",
        "never seen",
        "lost again",
    ],
)
def test_the_word_alone_proves_nothing(view, sentence):
    (reason,) = left(a_sight(), view)
    assert reason.startswith(sentence)


def test_a_reading_from_before_reverting_began_proves_nothing_either():
    view = by_hand((said("reverted", 5),), last=1.0)
    assert left(a_sight(), view, since=ago(3)) == ()
    assert left(a_sight(), view, since=ago(0.5)) != ()


def test_a_proof_that_nobody_measures_is_a_reason_since_an_exception_would_end_all_redress():
    (reason,) = left(a_sight(), replace(by_hand((said("reverted"),)), tallies={}))
    assert reason == "p99 is no probe of this run, so nothing can prove that the fault is gone"


INJECTION = a_view().injections[0]


@pytest.mark.parametrize("there", [pods()[1:], LEAVING, UNREADY, replaced_pods()[:4]])
def test_a_target_that_is_not_as_it_was_named_is_missing(there):
    assert "api-0" in targets_missing(INJECTION, a_sight(pods=there))
    assert targets_missing(INJECTION, a_sight()) == ()


def test_what_could_inject_or_come_back_is_live_and_results_and_the_grant_are_not():
    sight = a_sight(residue=tuple(residue(kind) for kind in ResidueKind))
    assert {item.kind for item in live_residue(sight)} == {
        ResidueKind.ENGINE,
        ResidueKind.JOB,
        ResidueKind.POD,
        ResidueKind.POLICY,
    }
    assert {item.kind for item in workloads(sight)} == {ResidueKind.JOB, ResidueKind.POD}


def test_without_any_reading_a_probe_is_unknown():
    view = replace(by_hand((said("reverted"),)), tallies=tallies_of(a_manual_spec(), readings()))
    assert left(a_sight(), view) == ("p99 is unknown, not yet back in its tolerance",)

"""A halt by labels: the clusters alone, and no database. Nothing here may touch one."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from chaos.domain.errors import Forbidden, Transient
from chaos.domain.sight import Residue, ResidueKind
from chaos.services.by_labels import by_hand, halt_by_labels
from tests.support.cluster_port import QuietCluster, left

WITHIN = timedelta(seconds=5)
NOT_LONG = timedelta(milliseconds=30)


class Leaving(QuietCluster):
    """What is deleted goes at once, but for what has a finalizer; `late` lands after the first deletes."""

    late: tuple[Residue, ...] = ()

    def revert_all(self):
        cleared = super().revert_all()
        stuck = tuple(item for item in self.residues if "finalizer" in item.detail)
        self.residues, self.late = stuck + self.late, ()
        return cleared


def test_it_ends_when_nothing_of_ours_is_left_also_what_lands_late():
    cluster = Leaving(residues=(left("gd-1-0"), left("gd-1-0-x", kind=ResidueKind.JOB)))
    cluster.late = (left("gd-2-0"),)
    ended = halt_by_labels({"home": cluster}, "Smoke (by ada)", WITHIN, 0.01)["home"]
    assert ended.is_clean and cluster.residues == ()
    assert [item.name for item in ended.told] == ["gd-1-0", "gd-1-0-x", "gd-2-0"]
    assert cluster.lever == "Smoke (by ada)"


def test_what_stays_is_named_and_was_told_to_go_again_and_again():
    held = Residue(ResidueKind.ENGINE, "chaos", "gd-1-0", "u", detail="finalizer litmus")
    cluster = Leaving(residues=(held,))
    ended = halt_by_labels({"home": cluster}, "Smoke", NOT_LONG, 0.005)["home"]
    assert (ended.left, ended.is_clean) == ((held,), False)
    assert cluster.said.count("revert_all") > 1


def test_a_result_is_evidence_and_keeps_nobody_waiting():
    cluster = QuietCluster(residues=(left("gd-1-0-pod-delete", kind=ResidueKind.RESULT),))
    assert halt_by_labels({"home": cluster}, "Smoke", WITHIN, 0.01)["home"].is_clean


@pytest.mark.parametrize("verb", ["pull_lever", "revert_all", "residue"])
@pytest.mark.parametrize("error", [Forbidden("Not allowed."), Transient("No answer."), KeyError("uid")])
def test_what_could_not_be_done_or_seen_is_said_and_is_never_called_clean(verb: str, error: Exception):
    cluster = QuietCluster(fail={verb: error})
    ended = halt_by_labels({"home": cluster}, "Smoke", NOT_LONG, 0.005)["home"]
    assert not ended.is_clean and ended.failures
    assert cluster.said.count(verb) > 1


def test_a_failure_that_passes_is_forgotten():
    cluster = Leaving()
    failing = iter([True, False])

    def fail_once() -> None:
        if next(failing, False):
            raise Transient("No answer.")

    cluster.fail["pull_lever"] = fail_once
    assert halt_by_labels({"home": cluster}, "Smoke", WITHIN, 0.01)["home"].is_clean


def test_what_went_with_the_last_look_is_not_called_clean_before_another_has_been_taken():
    cluster = Leaving(is_over=False)
    ended = halt_by_labels({"home": cluster}, "Smoke", NOT_LONG, 0.005)["home"]
    assert (ended.left, ended.failures) == ((), ()) and not ended.is_clean


def test_no_cluster_waits_for_another():
    met = threading.Barrier(2, timeout=5)
    clusters = {name: QuietCluster(fail={"pull_lever": met.wait}) for name in ("home", "away")}
    ended = halt_by_labels(clusters, "Smoke", timedelta(0))
    assert all(item.is_clean for item in ended.values())


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        (ResidueKind.POD, "kubectl -n chaos delete pods x --grace-period=60"),
        (ResidueKind.ENGINE, "kubectl -n chaos delete chaosengines.litmuschaos.io x"),
        (ResidueKind.GRANT, "kubectl -n chaos delete leases.coordination.k8s.io x"),
    ],
)
def test_each_thing_has_the_command_that_deletes_it(kind: ResidueKind, command: str):
    assert by_hand(left("x", kind=kind)) == command


def test_every_kind_of_residue_has_its_command():
    assert all(by_hand(left("x", kind=kind)) for kind in ResidueKind)

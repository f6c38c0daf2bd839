"""A run that cannot be proven gone: what is left is kept by name, and tried for ever, by whoever drives."""

from datetime import timedelta
from itertools import pairwise

from chaos.domain.measured import Part
from chaos.domain.proof import expected
from chaos.domain.reverting import LAST_RETRY
from chaos.domain.sight import ResidueKind
from chaos.domain.states import RunState
from tests.support.fake_cluster import START
from tests.support.killing import drive_until_killed
from tests.support.mishaps import leave

SECOND = timedelta(seconds=1)


def residue_at(world, *seconds):
    """What is on record as left, at each of these instants."""
    kept = {}
    for second in seconds:
        world.at(second, lambda second=second: kept.update({second: world.store.residue}))
    return kept


def test_what_is_left_is_on_record_by_name_and_kept_true_as_it_changes(world_of, caplog):
    world = world_of()
    world.cluster.recover_in = None
    left = []
    world.at(110, lambda: left.append(leave(world, ResidueKind.JOB, "pod-delete-x7k2pq")))
    world.at(130, lambda: left[0].clear())
    world.at(150, world.cluster.standing.clear)
    world.at(150, world.cluster.__post_init__)
    kept = residue_at(world, 105, 120, 140, 200)
    world.drive()
    assert [item.part for item in kept[105]] == [Part.READY]
    assert kept[105][0].sentence == "3 of 6 pods are ready in payments"
    assert (kept[120][0].kind, kept[120][0].names) == ("Job", ("pod-delete-x7k2pq",))
    assert [item.part for item in kept[140]] == [Part.READY]
    assert world.state is RunState.COMPLETED and world.store.residue == ()
    said = [event.text for event in world.store.log if event.kind == "run.left"]
    assert "Job chaos/pod-delete-x7k2pq" in said[0]
    assert said[1] == "Left now: 3 of 6 pods are ready in payments."
    alarms = [one for one in caplog.records if one.levelname == "ERROR"]
    assert "STRANDED" in alarms[0].getMessage()
    assert "Job chaos/pod-delete-x7k2pq" in " ".join(one.getMessage() for one in alarms)


def test_what_is_left_and_stays_so_is_looked_at_again_within_half_a_minute(world_of):
    world = world_of()
    world.cluster.recover_in = None
    kept = residue_at(world, 110, 150, 190)
    drive_until_killed(world, 200)
    ages = [START + second * SECOND - kept[second][0].at for second in kept]
    assert all(timedelta(0) <= age <= timedelta(seconds=31) for age in ages)
    assert len({items[0].at for items in kept.values()}) == 3


def test_while_the_cluster_is_away_that_is_what_is_left_beside_what_was_seen_last(world_of):
    world = world_of()
    world.cluster.recover_in = None
    world.at(110, lambda: setattr(world.cluster, "unseen", "no route to host"))
    kept = residue_at(world, 130)
    drive_until_killed(world, 131)
    seen, unseen = kept[130]
    assert seen.part is Part.READY
    assert unseen.part is None and unseen.sentence.endswith("UTC: no route to host")


def test_it_is_tried_for_ever_no_more_than_thirty_seconds_apart_also_by_the_drivers_after(world_of):
    """An engine that a finalizer holds, and three drivers one after another."""
    world = world_of()
    left = []
    world.at(20, lambda: left.append(leave(world, ResidueKind.ENGINE, "gd-0f0e0d0c-0")))
    for last in (300, 900, 2000):
        drive_until_killed(world, last)
        world.clock.at += 16 * SECOND  # until the lease of the one before is over
    world.at(2100, lambda: left[0].clear())
    world.drive()
    assert world.state is RunState.COMPLETED
    tried = [at for at, call in world.cluster.calls if call == "revert"]
    late = [at for at in tried if at > world.store.record_.marks.stranded_at]
    gaps = [after - before for before, after in pairwise(late)]
    assert len(late) > 50
    assert max(gaps) <= LAST_RETRY + 18 * SECOND  # with the time in which nobody drove
    assert min(gaps) >= 2 * SECOND
    assert sorted(gaps)[len(gaps) // 2] <= LAST_RETRY + 2 * SECOND


def test_the_end_keeps_what_was_measured_for_it_and_its_digest_stands_in_the_journal(world):
    world.drive()
    (progress,) = world.store.record_.progress
    assert {item.part for item in progress.proof} == set(expected(world.store.record_.injections[0]))
    assert all(item.at > world.store.record_.marks.ended_at for item in progress.proof)
    assert not any(item.doubt for item in progress.proof)
    assert len(world.said("run.clean").body["proof"]) == 64


def test_a_probe_that_never_moved_is_kept_with_its_doubt(world):
    world.probe = lambda probe, at: 120.0
    world.drive()
    (progress,) = world.store.record_.progress
    (doubt,) = [item.doubt for item in progress.proof if item.part is Part.PROBE]
    assert "never left its tolerance" in doubt


def test_what_comes_back_takes_its_proof_away(world):
    left, proof = [], []

    def clear(ref):
        """As the driver takes the grant away: the fault was measured to be gone a moment ago."""
        if not left:
            left.append(leave(world, ResidueKind.POD, "pod-network-latency-helper-abc12"))
            world.at((world.now() - START).total_seconds() + 2, look)
        cleared(ref)

    def look():
        proof.append((world.store.record_.progress[0].proof, world.store.record_.marks.clean_at))
        left[0].clear()

    cleared, world.cluster.clear = world.cluster.clear, clear
    world.drive()
    assert proof == [((), None)]
    assert world.store.record_.progress[0].proof

"""What comes after a run's end is deleted, and what it did is undone: measured, and on record."""

from dataclasses import replace

import pytest

from chaos.domain.errors import Transient
from chaos.domain.sight import ClusterSight, ResidueKind
from chaos.services.sweep import sweep_cluster
from tests.chaos.services.late import LATE, MINUTE, RUN, Bank, ended, kinds, seen
from tests.support.builders import a_drain_spec, a_latency_spec, a_node, a_spec, pods
from tests.support.cluster_port import left
from tests.support.launching import AT


@pytest.fixture
def late():
    """A store and a cluster where the engine of the run has come after its end, and left its fault."""
    store, port = ended(a_latency_spec()), Bank()
    engine, result = left("gd-0f0e0d0c-0", RUN, "i"), left("gd-x", RUN, "i", ResidueKind.RESULT)
    port.residues = (engine, result)
    port.sight = seen(store, pods=pods(), residue=(engine, result))
    return store, port


def test_what_came_late_is_deleted_and_on_record_and_its_result_is_kept(late):
    store, port = late
    assert [item.kind for item in sweep_cluster("bank", port, LATE, store).removed] == [ResidueKind.ENGINE]
    assert kinds(store) == ["run.came_late"]
    assert store.late("bank") == [(RUN, LATE)]
    assert "ChaosEngine chaos/gd-0f0e0d0c-0" in store.log[0].text


def test_pods_that_the_fault_is_still_in_are_replaced_and_then_it_is_said_to_be_gone(late):
    store, port = late
    sweep_cluster("bank", port, LATE, store)
    held = {name for name, _ in store.record_.injections[0].postcondition.freed}
    port.residues, port.sight, port.removed = (
        (left("gd-x", RUN, "i", ResidueKind.RESULT),),
        seen(store, pods=pods()),
        [],
    )
    sweep_cluster("bank", port, LATE + MINUTE, store)
    assert {item.name for item in port.removed} == held
    assert kinds(store)[1:] == ["run.undone_late"]
    assert store.late("bank"), "nobody has seen yet that they are gone"
    fresh = tuple(replace(pod, uid=f"new-{pod.uid}") for pod in pods())
    port.sight, port.removed = seen(store, pods=fresh), []
    sweep_cluster("bank", port, LATE + 2 * MINUTE, store)
    assert [item.kind for item in port.removed] == [ResidueKind.RESULT]
    assert kinds(store)[2:] == ["run.gone_late"]
    assert store.late("bank") == [] and store.residue == ()


def test_its_helpers_word_is_not_believed_since_no_probe_is_read_any_more(late):
    store, port = late
    port.residues, port.sight = port.residues[1:], seen(store, said="reverted", pods=pods())
    sweep_cluster("bank", port, LATE, store)
    held = {name for name, _ in store.record_.injections[0].postcondition.freed}
    assert {item.name for item in port.removed} == held
    assert kinds(store) == ["run.came_late", "run.undone_late"]


def test_what_was_put_into_no_pod_is_gone_at_once_and_its_result_with_it(late):
    store, port = late
    port.residues, port.sight = port.residues[1:], seen(store, pods=())
    sweep_cluster("bank", port, LATE, store)
    assert [item.kind for item in port.removed] == [ResidueKind.RESULT]
    assert kinds(store) == ["run.came_late", "run.gone_late"]


def test_a_pod_that_took_the_name_of_one_that_was_replaced_is_not_replaced_again_and_again(late):
    store, port = late
    store.record_ = replace(
        store.record_, progress=(replace(store.record_.progress[0], recreated_at=AT - MINUTE),)
    )
    sweep_cluster("bank", port, LATE, store)
    anew = tuple(replace(pod, uid=f"of-the-run-{pod.uid}") for pod in pods())
    port.residues, port.sight, port.removed = (), seen(store, pods=anew), []
    sweep_cluster("bank", port, LATE, store)
    assert port.removed, "the late engine went by their names"
    port.sight, port.removed = seen(store, pods=tuple(replace(pod, uid="newest") for pod in anew)), []
    sweep_cluster("bank", port, LATE, store)
    assert port.removed == []


def test_a_node_that_a_late_drain_cordoned_takes_pods_again():
    store, port = ended(a_drain_spec()), Bank()
    port.residues = (left("gd-0f0e0d0c-0", RUN, "i"),)
    cordoned = a_node(is_schedulable=False)
    port.sight = seen(store, nodes=(cordoned,), residue=port.residues)
    sweep_cluster("bank", port, LATE, store)
    port.residues, port.sight = (), seen(store, nodes=(cordoned,))
    sweep_cluster("bank", port, LATE, store)
    assert port.restored == ("node-0",)
    assert store.late("bank")
    port.sight = seen(store, nodes=(a_node(),))
    sweep_cluster("bank", port, LATE, store)
    assert store.late("bank") == []


def test_a_look_that_began_before_the_end_proves_nothing(late):
    store, port = late
    port.residues, port.sight = port.residues[1:], ClusterSight(LATE, LATE)
    assert [item.kind for item in sweep_cluster("bank", port, LATE, store).removed] == [ResidueKind.RESULT]
    assert kinds(store) == [] and store.late("bank") == []


def test_a_cluster_that_cannot_be_seen_is_no_proof_and_loses_no_result(late):
    store, port = late
    sweep_cluster("bank", port, LATE, store)
    port.sight, port.removed = ClusterSight(LATE, LATE, unseen="It hangs."), []
    sweep_cluster("bank", port, LATE, store)
    assert ResidueKind.RESULT not in {item.kind for item in port.removed}
    assert store.late("bank") and "It hangs." in store.residue[0].sentence


def test_what_could_not_be_looked_at_when_it_came_keeps_its_result_until_it_can(late):
    store, port = late
    there, port.sight = port.sight, ClusterSight(LATE, LATE, unseen="It hangs.")
    sweep_cluster("bank", port, LATE, store)
    port.residues, port.removed = port.residues[1:], []
    sweep_cluster("bank", port, LATE, store)
    assert port.removed == [] and store.late("bank") == []
    port.sight = replace(there, residue=())
    sweep_cluster("bank", port, LATE, store)
    assert kinds(store) == ["run.came_late", "run.undone_late"]


def test_a_try_that_fails_is_made_again_and_told_once(late):
    store, port = late
    sweep_cluster("bank", port, LATE, store)
    port.residues, port.sight = (), seen(store, pods=pods())
    port.fail["remove"] = Transient("Busy.")
    for _ in range(3):
        with pytest.raises(Transient):
            sweep_cluster("bank", port, LATE, store)
    assert kinds(store).count("run.undone_late") == 1
    assert port.said.count("remove") == 4


def test_pods_that_litmus_took_our_labels_off_are_swept_by_the_name_of_their_engine():
    store, port = ended(a_spec()), Bank()
    port.residues = (
        replace(left("gd-0f0e0d0c-0-helper", kind=ResidueKind.POD), short="0f0e0d0c"),
        replace(left("gd-99999999-0-helper", kind=ResidueKind.POD), short="99999999"),
    )
    assert [item.name for item in sweep_cluster("bank", port, LATE, store).removed] == [
        "gd-0f0e0d0c-0-helper"
    ]


def test_a_grant_of_a_run_that_is_not_known_is_left_to_who_can_set_back_what_it_says():
    store, port = ended(a_spec()), Bank()
    unknown = "99999999-0000-4000-8000-000000000000"
    port.residues = (
        left("gameday-grant", unknown, "i", ResidueKind.GRANT),
        left("gd-99999999-0", unknown, "i"),
    )
    assert [item.kind for item in sweep_cluster("bank", port, LATE, store).removed] == [ResidueKind.ENGINE]

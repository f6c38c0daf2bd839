"""Somebody deletes the namespace of the targets in mid-run: the run ends, by proof, and says why."""

from dataclasses import replace

import pytest

from chaos.domain.certificate import Cleanup, judge
from chaos.domain.sight import Namespace
from chaos.domain.states import RunState, StopKind

OURS = "uid-payments"
LEAVING = Namespace("payments", OURS, is_leaving=True)


def known(world):
    """The run knows which namespace its targets were in."""
    (injection,) = world.store.record_.injections
    injection = replace(injection, postcondition=replace(injection.postcondition, namespace_uid=OURS))
    world.store.record_ = replace(world.store.record_, injections=(injection,))
    return world


def deleted(world, at, gone_at, then):
    """At `at` it and all of its pods begin to go, at `gone_at` they are gone and it is as `then`."""

    def begin():
        world.cluster.namespace = LEAVING
        for uid, (pod, _) in world.cluster.standing.items():
            world.cluster.standing[uid] = (replace(pod, is_ready=False, is_leaving=True), None)

    world.at(at, begin)
    world.at(gone_at, world.cluster.standing.clear)
    world.at(gone_at, lambda: setattr(world.cluster, "namespace", then))


def cleanup(world):
    store = world.store
    record = store.record_
    return judge(record.injections, record.progress, record.state, record.marks, False)[0]


@pytest.mark.parametrize(
    "then", [Namespace("payments"), Namespace("payments", "uid-later")], ids=["gone", "laid anew"]
)
def test_a_run_whose_target_s_namespace_is_deleted_is_aborted_for_it_and_not_stranded(world, then):
    deleted(known(world), 10, 15, then)
    assert world.drive() == "over"
    assert (world.state, world.store.stop.kind) == (RunState.ABORTED, StopKind.GONE)
    assert world.store.stop.reason == "Target gone: namespace payments is being deleted."
    assert world.store.record_.marks.stranded_at is None
    assert cleanup(world) is Cleanup.GONE


def test_while_it_is_terminating_nothing_of_it_is_called_gone(world):
    deleted(known(world), 10, 200, Namespace("payments"))
    kinds = []
    world.at(199, lambda: kinds.extend(world.kinds()))
    world.drive()
    assert "run.stranded" in kinds and "run.clean" not in kinds
    assert world.state is RunState.ABORTED and cleanup(world) is Cleanup.GONE


def test_where_nobody_may_look_at_namespaces_it_stays_stranded_until_the_pods_are_back(world):
    known(world).at(10, world.cluster.standing.clear)
    world.at(200, world.cluster.__post_init__)
    kinds = []
    world.at(199, lambda: kinds.extend(world.kinds()))
    world.drive()
    assert "run.stranded" in kinds and "run.clean" not in kinds
    assert world.state.is_final and cleanup(world) is not Cleanup.GONE

"""The practice cluster for faults: left without any of them after each test, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.adapters import litmus_kinds as kinds
from tests.adapters.faults.drill import Drill, faults_of, is_whole
from tests.adapters.practice import Practice
from tests.adapters.things import until


@pytest.fixture
def drill(practice: Practice) -> Iterator[Drill]:
    yield Drill(practice)
    practice.set_right()
    cluster, admin = practice.cluster(), practice.admin_api()

    def swept() -> object:
        cluster.remove(cluster.residue())
        return cluster.residue()

    until(swept, lambda left: not left)
    for key in practice.state()["policies"]:
        admin.delete(kinds.POLICIES, *key.split("/"))
    for name in practice.state()["nodes"]:
        body = {"spec": {"unschedulable": None, "taints": None}}
        admin.merge_patch(kinds.NODES, "", name, body)
    for key in faults_of(practice.state()):
        admin.delete(kinds.PODS, *key.split("/"))
    until(practice.state, is_whole)

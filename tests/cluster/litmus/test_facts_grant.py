"""Engines whose owner, the run's Lease, is deleted: what Kubernetes' collector does, and what it cannot."""

from __future__ import annotations

import time

import pytest

from chaos.adapters.litmus_manifests import GRANT
from chaos.domain.postcondition import not_restored
from tests.adapters.faults.cases import CASES
from tests.adapters.things import until
from tests.cluster.litmus.chronicle import ENGINES, Chronicle, has_ended
from tests.cluster.litmus.drill import RealDrill
from tests.cluster.litmus.engines import Engines
from tests.cluster.litmus.figures import Figures

pytestmark = pytest.mark.cluster

LEASE = f"/apis/coordination.k8s.io/v1/namespaces/chaos/leases/{GRANT}"
AN_ABORT = 10.0  # seconds; with an operator it would be over by then


def test_a_deleted_grant_ends_what_it_owned(
    engines: Engines, drill: RealDrill, chronicle: Chronicle, figures: Figures
) -> None:
    injection = drill.launch(CASES["node-taint"])
    engine = engines.now({"metadata": {"name": injection.name}})
    began = time.monotonic()
    engines.admin.ask("DELETE", LEASE)
    engines.is_gone(engine)
    assert not_restored(injection, drill.look(injection)) == ()
    assert engines.pods(engine) == []
    figures.say(
        "a deleted Lease, operator up",
        engine_deleted=chronicle.when(engine, lambda event: event.path == ENGINES and event.is_asked_to_go)
        - began,
        engine_gone=chronicle.when(engine, has_ended) - began,
    )


def test_without_the_operator_a_deleted_grant_ends_nothing_until_it_is_back(
    engines: Engines, drill: RealDrill
) -> None:
    injection = drill.launch(CASES["node-taint"])
    engine = engines.now({"metadata": {"name": injection.name}})
    drill.bank.litmus.scale(0)
    engines.admin.ask("DELETE", LEASE)
    engines.becomes(engine, lambda now: "deletionTimestamp" in now["metadata"])
    time.sleep(AN_ABORT)
    assert not_restored(injection, drill.look(injection)) != ()
    assert len(engines.experiments(engine)) == 1

    drill.bank.litmus.scale(1)
    engines.is_gone(engine)
    until(lambda: not_restored(injection, drill.look(injection)), lambda left: left == ())

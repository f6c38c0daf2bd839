from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from chaos.services import recorder
from tests.chaos.services.writing import AT, Store
from tests.support.builders import a_spec, injections_of
from tests.support.cluster_port import QuietCluster
from tests.support.launching import a_cluster
from tests.support.world import START, World


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Any, settings: Any) -> None:
    settings.STATE_DIR = tmp_path


@pytest.fixture
def port(db: None) -> QuietCluster:
    """The port of the registered cluster `practice`."""
    a_cluster()
    return QuietCluster()


@pytest.fixture(autouse=True)
def a_failing_service_keeps_the_tests_own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that cannot write closes its connection; here that would end the test's transaction."""
    monkeypatch.setattr(connection, "close", lambda: None)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A store with a recorder that writes to it, as `kept.recorder`, and its clock, as `kept.clock`."""
    monkeypatch.setattr(recorder, "RETRY", 0.01)
    store: Any = Store()
    store.clock = AT
    store.recorder = recorder.ThreadRecorder(store, "0f0e0d0c", 1, lambda: store.clock)
    yield store
    store.trouble = None
    store.gate.set()
    store.recorder.close()
    assert not store.recorder._thread.is_alive()


@pytest.fixture
def world() -> World:
    return World(a_spec(), injections_of(a_spec()), lambda probe, at: 120.0)


@pytest.fixture
def slow_world() -> World:
    """Its steady state comes back long after all is proven gone."""
    values = dict.fromkeys(range(12, 40), 250.0)
    return World(a_spec(), injections_of(a_spec()), lambda probe, at: values.get((at - START).seconds, 120.0))

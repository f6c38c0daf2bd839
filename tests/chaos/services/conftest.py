from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.db import connection

from tests.support.cluster_port import QuietCluster
from tests.support.launching import a_cluster


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
    monkeypatch.setattr("chaos.services.stop.connection", mock.Mock(wraps=connection, close=lambda: None))

"""Fixtures of every test: none reaches a broker or leaves the machine, unless it says so."""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery.app.task import Task
from django.test import override_settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.control_planes import ByControlPlane
from tests.support.journal_guards import journal_guards_step_aside_for_flush

__all__ = ["journal_guards_step_aside_for_flush"]


class LeftTheMachine(AssertionError):
    """A test tried to talk to another machine."""


class RangTheBroker(AssertionError):
    """A test put a task on a queue; call the function, or ask for the fixture `a_broker`."""


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Tests on one and the same Kubernetes run in one process, one after the other."""
    return ByControlPlane(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture
def a_broker() -> None:
    """Asked for by tests that put tasks on a queue themselves (and bring the broker)."""


@pytest.fixture(autouse=True)
def no_task_reaches_a_broker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "a_broker" in request.fixturenames:
        return

    def refuse(task: Task[Any, Any], *_: object, **__: object) -> None:
        raise RangTheBroker(f"{task.name} was put on a queue in a test without the fixture a_broker")

    monkeypatch.setattr(Task, "apply_async", refuse)


@pytest.fixture(autouse=True)
def nothing_is_spooled_into_the_state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    # Not by the fixture `settings`: some tests have another of that name.
    with override_settings(SPOOL_DIR=tmp_path_factory.getbasetemp() / "spool" / secrets.token_hex(8)):
        yield


@pytest.fixture(autouse=True, scope="session")
def no_socket_leaves_the_machine() -> Iterator[None]:
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _must_be_here(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _must_be_here(self, address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield


def _must_be_here(connection: socket.socket, address: Any) -> None:
    if connection.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    if host in ("localhost", os.environ.get("GAMEDAY_TESTS_MAY_REACH")):  # a cluster that KUBECONFIG names
        return
    try:
        here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        here = False
    if not here:
        raise LeftTheMachine(f"a test tried to reach {host}:{address[1]}; tests talk to loopback only")

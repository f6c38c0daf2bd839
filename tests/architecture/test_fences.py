"""The fences around the tests themselves: no broker, no other machine."""

import socket

import pytest

from gameday.celery import app
from tests.conftest import LeftTheMachine, RangTheBroker


@app.task(name="tests.bell")
def bell() -> None: ...


def test_a_task_put_on_a_queue_fails_the_test() -> None:
    with pytest.raises(RangTheBroker, match=r"tests\.bell"):
        bell.delay()


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org"])
def test_a_connection_to_another_machine_fails_the_test(host: str) -> None:
    with socket.socket() as link, pytest.raises(LeftTheMachine, match=host):
        link.connect((host, 443))


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as link:
        link.connect(server.getsockname())

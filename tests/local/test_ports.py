"""Ports: movable, and a taken one is a sentence that says what to set."""

import socket
import subprocess
import sys

import pytest

from deploy.local import ports
from deploy.local.paths import ROOT
from deploy.local.ports import Port, claim, elsewhere, free
from deploy.local.say import Trouble

REDIS = Port("Redis", "GAMEDAY_TEST_REDIS_PORT", 1)
OTHER = Port("Prometheus", "GAMEDAY_TEST_OTHER_PORT", 2)


def test_a_taken_port_names_the_variable_that_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        monkeypatch.setenv(REDIS.variable, str(number))
        with pytest.raises(Trouble, match=f"Port {number} is taken.*Redis.*{REDIS.variable}"):
            claim(REDIS)
    claim(REDIS)


@pytest.mark.parametrize("given", ["redis", "0", "65536", "-1", "80.5"])
def test_what_is_no_port_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REDIS.variable, given)
    with pytest.raises(Trouble, match="Give a number from 1 to 65535"):
        REDIS.number()


def test_two_listeners_cannot_have_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = str(server.getsockname()[1])
    monkeypatch.setenv(REDIS.variable, number)
    monkeypatch.setenv(OTHER.variable, number)
    with pytest.raises(Trouble, match=f"{REDIS.variable} and {OTHER.variable} are both"):
        claim(REDIS, OTHER)


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REDIS.variable, " ")
    assert REDIS.number() == 1


def test_a_stack_beside_others_gets_free_ports_while_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REDIS.variable, "7")
    monkeypatch.delenv(OTHER.variable, raising=False)
    with elsewhere(REDIS, OTHER):
        assert REDIS.number() != 7
        claim(REDIS, OTHER)
    assert (REDIS.number(), OTHER.number()) == (7, OTHER.default)


def test_free_ports_are_different_and_none_that_the_system_gives_to_clients() -> None:
    numbers = free(50)
    assert len(set(numbers)) == 50
    assert max(numbers) < 32768
    for number in numbers:
        socket.create_server(("127.0.0.1", number)).close()


def test_a_port_that_somebody_drew_is_drawn_by_nobody_else_before_that_process_ends() -> None:
    """Also where nobody listens there yet."""
    script = (
        "import sys; from deploy.local import ports; print(*ports.free(30), flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    theirs = [int(number) for number in other.stdout.readline().split()]
    assert len(theirs) == 30 and not any(map(ports._is_ours, theirs))
    other.communicate("")
    assert all(map(ports._is_ours, theirs))


def test_what_was_drawn_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    lowest = free()[0]
    monkeypatch.setattr(ports, "_LOWEST", lowest)
    monkeypatch.setattr(ports, "_HIGHEST", lowest + 200)
    found = [free()[0] for _ in range(50)]
    assert len({lowest, *found}) == 51

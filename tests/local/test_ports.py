"""Ports: movable, and a taken one is a sentence that says what to set."""

import socket

import pytest

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

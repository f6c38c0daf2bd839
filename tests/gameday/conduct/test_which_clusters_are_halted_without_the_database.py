"""`manage.py halt --no-db`: which clusters it takes, by the address book, a name or an address."""
# ruff: noqa: F811 - the fixtures are that file's

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chaos.faults.own_rights import LEVER
from chaos.journal import spool
from chaos.services.address_book import Address
from deploy.rehearsal.store import CONFIG_MAPS
from tests.gameday.conduct.test_halting_without_the_database import api, at, book, halt, state, there  # noqa: F401
from tests.support.rehearsal_api import ADMIN, RunningApi


@pytest.mark.parametrize(("words", "held"), [((), [""]), (("--cluster", "home"), ["home"])])
def test_on_record_it_is_to_hold_what_it_was_asked_to_halt(api: RunningApi, words: tuple[str, ...], held):
    book(at(api))
    halt("--wait", "1", *words)
    kept = json.loads(spool.waiting()[0].read_text())
    assert (kept["halts"], kept["reason"]) == (held, "Smoke")


def test_a_cluster_at_an_address_is_held_by_its_own_lever_alone(api: RunningApi, tmp_path: Path):
    (tmp_path / "token").write_text(ADMIN)
    halt("--wait", "1", "--server", api.url, "--token-file", str(tmp_path / "token"))
    assert json.loads(spool.waiting()[0].read_text())["halts"] == []


def test_a_cluster_can_be_named_by_its_address_alone(api: RunningApi, tmp_path: Path):
    (tmp_path / "token").write_text(ADMIN)
    assert halt("--server", api.url, "--token-file", str(tmp_path / "token")) == 0
    assert there(api) == []


def test_of_several_clusters_those_that_are_named_are_halted(api: RunningApi):
    book(at(api), Address("dead", "http://127.0.0.1:9", "", "", "chaos", "chaos-runner"))
    assert halt("--cluster", "home") == 0


@pytest.mark.parametrize("words", [(), ("--cluster", "away")], ids=["an empty book", "an unknown name"])
def test_without_a_cluster_to_halt_it_says_which_other_ways_there_are(words, capsys):
    assert halt(*words) == 1
    said = capsys.readouterr().err
    assert "clusters.json has none" in said and "--server" in said and "deploy/halt.sh" in said
    assert said.startswith("Nothing was stopped.") and "load the environment of the service" in said


def test_one_unknown_name_beside_a_good_one_stops_nothing_and_says_so(api: RunningApi, capsys):
    book(at(api))
    assert halt("--cluster", "home", "--cluster", "hmoe") == 1
    assert "Nothing was stopped. The address book" in capsys.readouterr().err
    assert there(api) != [] and api.do(lambda: api.store.find(CONFIG_MAPS, LEVER, "chaos")) is None

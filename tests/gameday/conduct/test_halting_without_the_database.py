"""`manage.py halt --no-db`: drivers, Celery, Redis and the database dead. A database here fails the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from chaos.faults.own_rights import GRANT, LEVER
from chaos.journal import spool
from chaos.services import address_book, sealing
from chaos.services.address_book import Address
from deploy.rehearsal.store import CHAOS_ENGINES, CONFIG_MAPS, JOBS, LEASES, NODES, PODS
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

ROOT = Path(__file__).resolve().parents[3]
NAME, OTHER = "gd-0a1b2c3d-0", "gd-0a1b2c3d-1"
OURS = {"app.kubernetes.io/managed-by": "gameday", "gameday/run": "0a1b2c3d"}
SPEC = {"engineState": "active", "experiments": [{"name": "pod-delete"}]}


@pytest.fixture
def api() -> Iterator[RunningApi]:
    """An engine of ours with a Job and a Pod of Litmus'."""
    with running_api() as running:
        running.play_kubelet()

        def fill() -> None:
            meta = {"name": NAME, "namespace": "chaos", "labels": OURS}
            uid = running.store.create(CHAOS_ENGINES, {"metadata": meta, "spec": SPEC})["metadata"]["uid"]
            of_litmus = {"namespace": "chaos", "labels": {"chaosUID": uid}}
            pod = {"containers": [{"name": "it", "image": "it"}]}
            running.store.create(
                JOBS, {"metadata": {**of_litmus, "name": "x"}, "spec": {"template": {"spec": pod}}}
            )
            running.store.create(PODS, {"metadata": {**of_litmus, "name": "x-1"}, "spec": pod})

        running.do(fill)
        yield running


@pytest.fixture(autouse=True)
def state(settings, tmp_path: Path) -> Path:
    settings.STATE_DIR = tmp_path
    return tmp_path


def book(*clusters: Address) -> None:
    address_book.write([*clusters])


def at(api: RunningApi, name: str = "home", token: str = ADMIN) -> Address:
    return Address(name, api.url, "", "", "chaos", "chaos-runner", sealing.seal(token))


def halt(*words: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        call_command("halt", "--no-db", "--as", "ada", "--reason", "Smoke", *words)
    return ended.value.code


def there(api: RunningApi) -> list[str]:
    return api.do(
        lambda: [
            item["metadata"]["name"] for kind in (CHAOS_ENGINES, JOBS, PODS) for item in api.store.view(kind)
        ]
    )


def test_it_finds_the_clusters_in_the_address_book_and_leaves_nothing(api: RunningApi, capsys):
    book(at(api))
    assert halt() == 0
    assert there(api) == []
    lever = api.do(lambda: api.store.get(CONFIG_MAPS, LEVER, "chaos"))
    assert lever["data"]["reason"] == "Smoke (by ada)"
    said = capsys.readouterr().out
    assert "home: nothing of ours is left." in said and "nothing starts on home" in said


def test_a_node_is_set_back_to_what_the_grant_says_it_was_and_then_the_grant_goes(api: RunningApi):
    def cordon() -> None:
        made = api.store.create(NODES, {"metadata": {"name": "n1"}, "spec": {"unschedulable": True}})
        node = {"name": "n1", "uid": made["metadata"]["uid"], "schedulable": True}
        note = json.dumps({"v": 1, "engine": NAME, "nodes": [node], "cordons": True})
        meta = {"name": GRANT, "namespace": "chaos", "labels": OURS}
        api.store.create(LEASES, {"metadata": {**meta, "annotations": {"gameday/undo-0": note}}})

    api.do(cordon)
    book(at(api))
    assert halt() == 0
    assert not api.do(lambda: api.store.get(NODES, "n1"))["spec"].get("unschedulable")
    assert api.do(lambda: api.store.find(LEASES, GRANT, "chaos")) is None


def test_out_of_time_before_another_look_it_says_so_and_is_not_done(api: RunningApi, capsys):
    book(at(api))
    assert halt("--wait", "0") == 2
    said = capsys.readouterr()
    assert there(api) == []
    assert "home: nothing of ours is seen any more, but it went only just now" in said.err
    assert "nothing of ours is left" not in said.out
    assert halt("--wait", "0") == 0, "the next look is that of another halt"


def test_it_is_spooled_for_the_journal(api: RunningApi):
    book(at(api))
    halt()
    [path] = spool.waiting()
    assert "ada halted home by labels, without the database: Smoke" in path.read_text()


def test_what_stays_is_named_with_its_command_and_the_exit_status_says_so(api: RunningApi, capsys):
    held = {"name": OTHER, "namespace": "chaos", "labels": OURS, "finalizers": ["litmus/held"]}
    api.do(lambda: api.store.create(CHAOS_ENGINES, {"metadata": held, "spec": SPEC}))
    book(at(api))
    assert halt("--wait", "1") == 2
    said = capsys.readouterr()
    assert f"home: STILL THERE: ChaosEngine chaos/{OTHER}" in said.err and "litmus/held" in said.err
    assert f"kubectl -n chaos delete chaosengines.litmuschaos.io {OTHER}" in said.err
    assert there(api) == [OTHER] and "Halted:" not in said.out


def test_a_cluster_that_does_not_answer_is_said_and_holds_up_no_other(api: RunningApi, capsys):
    dead = Address("dead", "http://127.0.0.1:9", "", "", "chaos", "chaos-runner")
    nonsense = Address("nonsense", "no address", "", "", "chaos", "chaos-runner")
    book(dead, at(api), nonsense)
    assert halt("--wait", "0") == 2
    printed = capsys.readouterr()
    said = printed.err
    assert "dead: nothing of ours was there" not in printed.out, "nobody could look"
    assert "dead: THE LEVER IS NOT DOWN" in said and "dead: whether anything is left is not known." in said
    assert "nonsense: did not go through: 'no address' is no server address" in said
    assert api.do(lambda: api.store.find(CONFIG_MAPS, LEVER, "chaos")) is not None


def test_a_cluster_that_answers_and_has_nothing_of_ours_is_said_to_be_so(api: RunningApi, capsys):
    book(at(api))
    assert halt() == 0
    capsys.readouterr()
    assert halt() == 0
    assert "home: nothing of ours was there\n" in capsys.readouterr().out


def test_as_a_process_of_its_own_it_needs_neither_database_nor_broker(api: RunningApi, state: Path):
    (state / "token").write_text(ADMIN)
    book(Address("home", api.url, str(state / "token"), "", "chaos", "chaos-runner"))
    nowhere = {
        "DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "GAMEDAY_STATE_DIR": str(state),
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "halt", "--no-db", "--as", "ada", "--reason", "Smoke"],
        cwd=ROOT,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert there(api) == []

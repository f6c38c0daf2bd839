"""Break glass: a halt over the web while the database is away. A database in these tests fails them."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from chaos import wiring
from chaos.domain.errors import Forbidden
from chaos.journal import spool
from chaos.models import Halt
from chaos.services import address_book
from chaos.services.address_book import Address
from gameday.conduct import break_glass
from tests.chaos.services.troubles import said
from tests.gameday.conduct.reading import text_of
from tests.support.cluster_port import QuietCluster, left

PATH = "/break-glass/"


@pytest.fixture(autouse=True)
def database(request, monkeypatch):
    """Away, and nobody waits for it, but for tests that ask for one."""
    if "db" not in request.fixturenames:

        def refuse(*_: object) -> None:
            raise OperationalError("connection refused")

        monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.ensure_connection", refuse)
        monkeypatch.setattr("chaos.services.halting.KEEP_TRYING", timedelta(0))


@pytest.fixture
def cluster(monkeypatch) -> QuietCluster:
    port = QuietCluster(residues=(left("gd-1-0"),))
    known(monkeypatch, {PRACTICE: port}, book=[PRACTICE])
    return port


def at(server: str, name: str = "practice") -> Address:
    return Address(name, server, "", "", "chaos", "chaos-runner")


PRACTICE = at("https://k8s")


def known(monkeypatch, ports, book, registered=None):
    """These clusters are there; the book has some, and the database, where it answers, has some."""
    address_book.write(book)
    monkeypatch.setattr(wiring, "ports_at", lambda addresses: {item.name: ports[item] for item in addresses})
    if registered is not None:
        monkeypatch.setattr(address_book, "registered", registered)


@pytest.fixture(autouse=True)
def state(settings, tmp_path: Path) -> None:
    settings.STATE_DIR = tmp_path


@pytest.fixture
def token(settings, tmp_path: Path) -> str:
    made, line = break_glass.new_token("ops-on-call")
    _, another = break_glass.new_token("night-shift")
    file = tmp_path / "tokens"
    file.write_text(f"# who may halt without signing in\n\n{another}\n{line}\n")
    file.chmod(0o600)
    settings.BREAK_GLASS_FILE = str(file)
    return made


def somebody(**options: bool) -> Client:
    """A browser of somebody who was signed in when the database went away."""
    client = Client(**options)
    client.cookies[settings.SESSION_COOKIE_NAME] = "of-somebody"
    return client


def press(token: str = "", **sent: object):
    client = somebody(enforce_csrf_checks=True)
    headers = sent.pop("headers", {})
    return client.post(PATH, {"token": token, "reason": "Smoke", **sent}, headers=headers)


def test_the_page_is_there_without_a_session_and_without_the_database(token):
    client = somebody()
    answer = client.get(PATH)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    words = text_of(answer)
    assert "Break-glass token" in words and "halt --no-db" in words and "deploy/halt.sh" in words


def test_a_token_halts_every_cluster_and_the_answer_says_what_was_done(token, cluster):
    answer = press(token)
    assert answer.status_code == 200
    assert cluster.lever == "Smoke (by break-glass ops-on-call)"
    assert cluster.removed == [left("gd-1-0")]
    words = text_of(answer)
    assert "practice The lever is down. Told to go: ChaosEngine chaos/gd-1-0." in words
    assert "halt --no-db --as YOU waits until all is gone" in words, "which needs no database"
    assert "goes into the journal late. It counts as done by ops-on-call." in words


def test_it_is_spooled_and_names_whose_token_it_was(token, cluster):
    press(token)
    [path] = spool.waiting()
    assert "break-glass ops-on-call halted everything: Smoke" in path.read_text()


@pytest.mark.parametrize("wrong", ["x" * 43, "0" * 64, "ops-on-call"])
def test_what_is_no_token_stops_nothing_is_said_and_logged_and_never_limited(token, cluster, wrong, caplog):
    for _ in range(20):
        assert press(wrong).status_code == 403
    answer = press(wrong)
    assert "Nobody holds this token. Nothing was stopped." in text_of(answer)
    assert cluster.said == [] and "was refused" in caplog.text and wrong not in caplog.text
    assert press(token).status_code == 200


def test_the_digest_in_the_file_is_no_token(token, cluster, settings):
    for holder in break_glass.holders():
        assert press(holder.digest).status_code == 403
    assert token not in Path(settings.BREAK_GLASS_FILE).read_text()


def test_without_a_token_it_asks_for_one(token, cluster):
    answer = press("")
    assert "Without a token nothing is stopped." in text_of(answer) and cluster.said == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.test"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_sends_is_refused(token, cluster, headers):
    assert press(token, headers=headers).status_code == 403
    assert cluster.said == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, {"Sec-Fetch-Site": "none"}]
)
def test_what_its_own_page_sends_counts(token, cluster, headers):
    assert press(token, headers=headers).status_code == 200


def test_a_program_is_answered_with_data(token, cluster):
    answer = press(token, headers={"Accept": "application/json"})
    told = "The lever is down. Told to go: ChaosEngine chaos/gd-1-0."
    assert answer.json()["clusters"] == {"practice": told} and answer.json()["is_whole"]
    cluster.fail["revert_all"] = Forbidden("Not allowed.")
    answer = press(token, headers={"Accept": "application/json"})
    assert not answer.json()["is_whole"] and "Not allowed." in answer.json()["clusters"]["practice"]


def test_a_cluster_that_fails_is_never_called_halted(token, cluster):
    cluster.fail["pull_lever"] = Forbidden("Not allowed.")
    answer = press(token)
    assert "Not everything went through." in text_of(answer) and "Not allowed." in text_of(answer)
    assert cluster.removed == [left("gd-1-0")]


def test_with_neither_book_nor_database_it_says_that_it_knows_no_cluster_and_stopped_nothing(token, caplog):
    words = text_of(press(token))
    assert "Nothing was stopped" in words and "No cluster is known here: nothing was stopped." in words
    assert "clusters.json has no cluster" in words and "The database did not answer." in words
    assert "It is written down" not in words and not spool.waiting()
    assert "ops-on-call broke the glass in vain" in caplog.text
    answer = press(token, headers={"Accept": "application/json"}).json()
    assert not answer["is_whole"] and "has no cluster" in answer["known"]


def test_without_the_database_it_says_as_of_when_its_clusters_are_known(token, cluster):
    os.utime(address_book.path(), (0, 1_790_000_000))
    words = text_of(press(token))
    assert "as known at 2026-09-21 14:13:20 UTC. The database did not answer." in words


def test_what_the_database_has_besides_is_halted_too(token, monkeypatch):
    old, new, other = (QuietCluster(residues=(left(name),)) for name in ("gd-1-0", "gd-2-0", "gd-3-0"))
    moved, added = at("https://new"), at("https://k8s-2", "second")
    ports = {PRACTICE: old, moved: new, added: other}
    known(monkeypatch, ports, book=[PRACTICE], registered=lambda: [moved, added])
    old.fail["pull_lever"] = Forbidden("Nobody is there any more.")
    answer = press(token, headers={"Accept": "application/json"}).json()
    assert old.removed and new.removed and other.removed
    assert answer["is_whole"] and sorted(answer["clusters"]) == ["practice", "second"]
    assert "gd-2-0" in answer["clusters"]["practice"] and "no cluster is missing" in answer["known"]


def test_a_database_that_answers_late_holds_up_no_halt_and_what_it_has_is_halted_then(token, monkeypatch):
    monkeypatch.setattr("gameday.conduct.by_token.ANSWERS_WITHIN", timedelta(seconds=0.1))
    book, late, gate = QuietCluster(), QuietCluster(), threading.Event()
    second = at("https://k8s-2", "second")

    def answer() -> list[Address]:
        assert gate.wait(5)
        return [PRACTICE, second]

    known(monkeypatch, {PRACTICE: book, second: late}, book=[PRACTICE], registered=answer)
    words = text_of(press(token))
    assert book.lever and not late.lever and "The database did not answer." in words
    gate.set()
    assert late.acted.wait(5)


def test_without_a_file_it_explains_itself_and_stops_nothing(cluster, settings):
    settings.BREAK_GLASS_FILE = ""
    assert "has no break-glass tokens" in text_of(press("anything"))
    assert cluster.said == []


def test_a_file_that_cannot_be_read_is_said(token, cluster, settings):
    settings.BREAK_GLASS_FILE = "/nowhere/tokens"
    answer = press(token)
    assert answer.status_code == 403 and "The file of tokens cannot be read" in text_of(answer)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_of_a_file_that_others_may_write_no_token_counts_and_the_check_says_so_beforehand(
    token, cluster, settings, mode, capsys
):
    Path(settings.BREAK_GLASS_FILE).chmod(mode)
    answer = press(token)
    assert answer.status_code == 403 and cluster.said == []
    assert f"can be written by others (mode {mode:o})" in text_of(answer)
    with pytest.raises(SystemExit) as ended:
        call_command("break_glass", "check")
    assert ended.value.code == 1 and "`chmod go-w` it." in capsys.readouterr().err


def test_a_line_that_is_none_is_said_and_the_others_count(token, cluster, settings, caplog):
    file = Path(settings.BREAK_GLASS_FILE)
    file.write_text(f"{file.read_text()}carol in-the-clear\n")
    assert press(token).status_code == 200
    assert "line 5 is no `NAME SHA256`" in caplog.text and "in-the-clear" not in caplog.text


def test_with_the_database_there_it_is_written_down_at_once(db, token, cluster):
    words = text_of(press(token))
    assert "It is written down. It counts as done by ops-on-call." in words
    assert Halt.objects.get().by == "break-glass ops-on-call"
    assert said("halt.pulled") == ["break-glass ops-on-call halted everything: Smoke"]


@pytest.mark.parametrize("path", ["/stop", "/halt"])
@pytest.mark.parametrize("is_checked", [False, True], ids=["a page of today", "a page of before the sign-in"])
def test_stop_while_nobody_can_be_recognised_points_to_it(path, is_checked, cluster):
    client = somebody(enforce_csrf_checks=is_checked)
    answer = client.post(path, {"reason": "Smoke"})
    assert answer.status_code == 503
    words = text_of(answer)
    assert "nobody can be recognised. Nothing was stopped." in words
    assert f'href="{PATH}"' in answer.content.decode() and "halt --no-db" in words
    assert cluster.said == []


def test_any_other_page_then_has_the_way_on_its_error_page():
    client = somebody(raise_request_exception=False)
    answer = client.get("/")
    assert answer.status_code == 500 and 'href="/break-glass/"' in answer.content.decode()


def test_a_token_is_made_by_a_command_and_the_file_is_checked_by_one(token):
    out = StringIO()
    call_command("break_glass", "new", "carol", stdout=out)
    made, line = (row.split(": ", 1)[1].strip() for row in out.getvalue().splitlines())
    assert line == f"carol {break_glass._digest(made)}"
    out = StringIO()
    call_command("break_glass", "check", stdout=out)
    assert out.getvalue() == "Tokens are held by night-shift, ops-on-call.\n"


@pytest.mark.parametrize("name", ["", "two words", "x" * 61, "-x"])
def test_a_name_that_could_not_be_read_back_is_refused(name, capsys):
    with pytest.raises(SystemExit):
        call_command("break_glass", "new", "--", name)
    assert "is no name for a token" in capsys.readouterr().err

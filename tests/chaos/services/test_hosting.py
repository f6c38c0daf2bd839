"""Whatever keeps a drive from beginning, the run is stopped and its faults are deleted by label."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from chaos import wiring
from chaos.domain.errors import Permanent, StoreUnavailable
from chaos.domain.states import RunState
from chaos.models import Run
from chaos.services import address_book
from tests.chaos.services.troubles import refuse_everything
from tests.support.launching import a_run


@pytest.fixture
def hosted(port, monkeypatch):
    monkeypatch.setattr(wiring, "_port", lambda found: port)

    def host(error):
        def fail(*args, **options):
            raise error

        run = a_run(RunState.INJECTING)
        monkeypatch.setattr(wiring, "drive", fail)
        with pytest.raises(type(error)):
            wiring.host(run)
        return Run.objects.get(pk=run)

    return host


@pytest.mark.parametrize("error", [Permanent("The spec cannot be read."), KeyError("faults")])
def test_a_run_that_cannot_be_driven_is_stopped_and_reverted_by_label(port, hosted, error):
    row = hosted(error)
    assert row.stop_kind == "fault"
    assert "It cannot be driven" in row.stop_reason
    assert f"revert {row.pk}" in port.said


def test_a_database_that_is_away_is_no_reason_to_stop_a_run(port, hosted):
    assert hosted(StoreUnavailable("away")).stop_wanted_at is None
    assert port.said == []


def test_a_halt_finds_the_clusters_while_the_database_is_away(db, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    address = address_book.Address("practice", "http://127.0.0.1:1", "", "", "chaos", "chaos-runner")
    address_book.write([address])
    with connection.execute_wrapper(refuse_everything):
        assert list(wiring.ports_for_a_halt()) == ["practice"]


def test_a_halt_without_the_database_is_a_sentence_and_not_a_traceback(db, settings, tmp_path, capsys):
    settings.STATE_DIR = tmp_path
    with connection.execute_wrapper(refuse_everything), pytest.raises(SystemExit) as caught:
        call_command("halt", "--as", "ada", "--reason", "Now")
    assert caught.value.code == 1
    assert "The database is away: " in (said := capsys.readouterr().err) and "deploy/halt.sh" in said


@pytest.mark.parametrize("text", ["", "{", '[{"name": "x"}]'])
def test_an_address_book_that_cannot_be_read_is_empty(settings, tmp_path, text):
    settings.STATE_DIR = tmp_path
    (tmp_path / "clusters.json").write_text(text)
    assert address_book.read() == []


def test_the_address_book_holds_no_secret(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    address_book.write([address_book.Address("a", "https://k8s", "/run/token", "", "chaos", "chaos-runner")])
    assert json.loads((tmp_path / "clusters.json").read_text())[0]["token_file"] == "/run/token"

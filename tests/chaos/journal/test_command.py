from __future__ import annotations

import json
import stat
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.chaos.journal.conftest import guards_dropped

pytestmark = pytest.mark.django_db
PLAN = "plan:payments"


def run(*words: str) -> str:
    out = StringIO()
    call_command("journal", *words, stdout=out)
    return out.getvalue()


def test_verify_says_what_it_looked_at(recorded: Callable[..., None]) -> None:
    recorded()
    assert run("verify") == "The journal is sound: 6 entries in 2 streams, 0 signed checkpoints.\n"


def test_verify_of_a_broken_journal_names_the_place_and_exits_with_1(recorded: Callable[..., None]) -> None:
    recorded()
    with guards_dropped() as cursor:
        cursor.execute("UPDATE journal_journalentry SET text = 'x' WHERE seq = 4")
    errors = StringIO()
    with pytest.raises(SystemExit) as exited:
        call_command("journal", "verify", stderr=errors)
    assert exited.value.code == 1
    assert "Stream plan:payments, entry 4: its content is not what was recorded" in errors.getvalue()


def test_an_export_is_verified_as_a_file(recorded: Callable[..., None], tmp_path: Path) -> None:
    recorded()
    file = tmp_path / "events.jsonl"
    file.write_text(run("export", PLAN))
    assert "sound" in run("verify", "--file", str(file))
    file.write_text(file.read_text().replace("Note 2.", "Note 7."))
    with pytest.raises(SystemExit):
        run("verify", "--file", str(file))


def test_a_checkpoint_serves_as_an_anchor(recorded: Callable[..., None], tmp_path: Path) -> None:
    recorded()
    anchor = tmp_path / "anchor.json"
    anchor.write_text(run("checkpoint"))
    assert json.loads(json.loads(anchor.read_text())["payload"])["heads"][1]["seq"] == 5
    assert "sound" in run("verify", "--anchor", str(anchor))


def test_the_signing_key_is_readable_by_its_owner_only(
    recorded: Callable[..., None], state_dir: Path
) -> None:
    run("checkpoint")
    assert stat.S_IMODE((state_dir / "journal-key").stat().st_mode) == 0o600


def test_an_unknown_stream_is_refused_with_those_that_there_are(recorded: Callable[..., None]) -> None:
    recorded()
    with pytest.raises(CommandError, match="there are: organisation, plan:payments"):
        run("export", "plan:none")

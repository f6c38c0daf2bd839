"""What a bundle holds, what never gets into it, and that making one is recorded."""

from __future__ import annotations

import json
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from chaos.domain.errors import Refused
from chaos.journal import ORGANISATION, plan_stream
from chaos.journal.models import JournalEntry
from chaos.journal.record import append
from chaos.journal.verify import verify
from chaos.models import Run
from gameday.debriefs import archive
from gameday.debriefs.evidence import Bundle, bundle_files, known_secrets, write_bundle
from gameday.debriefs.gather import gather
from gameday.debriefs.sources import DaySource
from gameday.people import services as people
from gameday.plans.spec import PlanSpec
from tests.gameday.debriefs.a_day import NASTY, SLUG, START, TOKEN, seconds

pytestmark = pytest.mark.django_db
NOW = START + seconds(900)
EXPECTED = {
    "SPEC.md",
    "acknowledgements.jsonl",
    "alerts.jsonl",
    "approvals.jsonl",
    "checkpoint.json",
    "checkpoint.sig",
    "digests.json",
    "events.jsonl",
    "manifest.json",
    "manifest.sig",
    "plan-digest.json",
    "plan.json",
    "plan.yaml",
    "public-key.pem",
    "certificates.json",
    "receipts.json",
    "report.html",
    "specs/certificate-expiry.json",
    "specs/database-failover.json",
    "specs/fraud-latency.json",
    "specs/fraud-timeout.json",
    "specs/kafka-broker.json",
    "specs/pod-failure.json",
    "specs/pod-kill.json",
    "specs/traffic-spike.json",
    "specs/zone-failure.json",
    "verdicts.json",
    "verify.py",
}


def test_the_bundle_holds_everything_that_its_spec_names(bundle: Bundle) -> None:
    with zipfile.ZipFile(bundle.path) as archived:
        names = set(archived.namelist())
    runs = [str(run) for run in Run.objects.values_list("id", flat=True)]
    assert names >= EXPECTED
    for run in runs:
        assert {f"samples/{run}/p99.csv", f"k8s/{run}/0-sent.json", f"k8s/{run}/0-read-back.json"} <= names
    rest = {name for name in names - EXPECTED if not name.startswith(("samples/", "k8s/"))}
    assert rest == set()


def test_the_same_day_gives_the_same_bytes(day: DaySource) -> None:
    first = archive.pack(bundle_files(day), {}, lambda _: b"s" * 64, NOW)
    assert first == archive.pack(bundle_files(day), {}, lambda _: b"s" * 64, NOW)


def test_no_secret_is_in_any_file(bundle: Bundle) -> None:
    with zipfile.ZipFile(bundle.path) as archived:
        contents = {name: archived.read(name).decode("utf-8", "replace") for name in archived.namelist()}
    assert TOKEN in known_secrets()
    for name, text in contents.items():
        for secret in known_secrets():
            assert secret not in text, name
    sent = next(text for name, text in contents.items() if name.endswith("0-sent.json"))
    assert '"abc"' not in sent
    assert sent.count("[removed: a secret]") == 2


def test_a_credential_in_a_note_stops_the_export(conducted: PlanSpec, tmp_path: Path) -> None:
    append(plan_stream(SLUG), "note", f"The token is {TOKEN}", at=NOW)
    with pytest.raises(Refused, match=r"would hold a credential") as refusal:
        write_bundle(SLUG, tmp_path / "out", NOW)
    assert TOKEN not in str(refusal.value)
    assert not (tmp_path / "out").exists()


def test_another_teams_entries_stay_out_and_the_export_is_recorded(bundle: Bundle, unpacked: Path) -> None:
    events = (unpacked / "events.jsonl").read_text()
    assert "Another team" not in events
    entry = JournalEntry.objects.filter(stream__name=ORGANISATION).last()
    assert entry is not None
    assert (entry.kind, entry.body["sha256"]) == ("evidence.made", bundle.digest)
    assert verify(anchor=None).is_sound


def test_a_sample_that_a_spreadsheet_would_execute_is_disarmed(unpacked: Path) -> None:
    first = next(iter(sorted(unpacked.rglob("p99.csv")))).read_text()
    assert ",'=timeout()" in first
    assert "42.0,ms," in first


def test_a_run_of_an_earlier_version_keeps_its_own_spec(conducted: PlanSpec) -> None:
    run = Run.objects.get(scenario="pod-kill")
    run.spec["title"] = "As it was"
    run.spec_digest = "0" * 64
    run.save()
    files = bundle_files(gather(SLUG, NOW)[0])
    assert b"As it was" in files["specs/pod-kill@000000000000.json"]


def test_the_command_prints_the_path(conducted: PlanSpec, tmp_path: Path) -> None:
    out = StringIO()
    call_command("evidence", SLUG, "--to", str(tmp_path / "out"), "--as", "sam", stdout=out)
    assert zipfile.is_zipfile(out.getvalue().strip())


def test_an_unknown_plan_and_a_person_without_the_right_are_refused(
    conducted: PlanSpec, tmp_path: Path
) -> None:
    for words in (("no-such-plan",), (SLUG, "--as", "ada")):
        errors = StringIO()
        with pytest.raises(SystemExit) as exited:
            call_command("evidence", *words, "--to", str(tmp_path), stderr=errors)
        assert exited.value.code == 1
        assert errors.getvalue().strip()
    assert people.person("ada")


def test_what_people_wrote_is_in_the_events_as_they_wrote_it(unpacked: Path) -> None:
    rows = [json.loads(line) for line in (unpacked / "events.jsonl").read_text().splitlines()]
    assert NASTY in [row["text"] for row in rows]

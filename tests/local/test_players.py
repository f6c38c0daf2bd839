"""The players of a day act on its events."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.players import EventTail, Players
from deploy.local.script import Act, When

PATIENT = 10.0  # seconds; only ever waited out by a test that fails


class Stage:
    """Players whose every command writes its own words into a file."""

    def __init__(self, folder: Path, *acts: Act) -> None:
        self.events = folder / "events.jsonl"
        self._said = folder / "said"
        self.switched: list[Mapping[str, Any]] = []
        self.players = Players(
            acts=acts,
            events=EventTail(self.events),
            known={"plan": "payments"},
            manage=self._speak,
            turn_switch=self.switched.append,
            environment={},
        )

    def _speak(self, *words: str) -> list[str]:
        source = "import sys; open(sys.argv[1], 'a').write(' '.join(sys.argv[2:]) + '\\n')"
        return [sys.executable, "-S", "-c", source, str(self._said), *words]

    def happens(self, scenario: str, kind: str, **data: str) -> None:
        with self.events.open("a") as file:
            file.write(json.dumps({"kind": kind, "scenario": scenario, "data": data}) + "\n")

    def said(self, lines: int) -> list[str]:
        deadline = time.monotonic() + PATIENT
        while True:
            self.players.look()
            heard = self._said.read_text().splitlines() if self._said.exists() else []
            if len(heard) >= lines or time.monotonic() > deadline:
                return heard
            time.sleep(0.01)


def test_an_act_waits_for_its_event_and_is_said_by_its_person(tmp_path: Path) -> None:
    when = When(scenario="certificate", kind="run.waiting_for_person", word="injected")
    stage = Stage(tmp_path, Act("maria", ("run", "attest", "--plan", "{plan}", "{scenario}"), {}, when))
    stage.happens("other", "run.waiting_for_person", word="injected")
    stage.happens("certificate", "run.waiting_for_person", word="reverted")
    stage.players.look()
    stage.happens("certificate", "run.waiting_for_person", word="injected")
    assert stage.said(1) == ["run attest --plan payments certificate --as maria"]


def test_an_act_may_wait_for_one_alert_by_its_name():
    when = When(kind="alert.fired", alert="KafkaConsumerLagHigh")
    assert when.matches({"kind": "alert.fired", "data": {"alert": "KafkaConsumerLagHigh"}})
    assert not when.matches({"kind": "alert.fired", "data": {"alert": "PaymentsPodsMissing"}})


def test_an_act_without_a_scenario_is_played_once_for_each(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Act("maria", ("note", "{scenario}"), {}, When(state="injecting")))
    for scenario in ("one", "one", "two"):
        stage.happens(scenario, "run.state", state="injecting")
    assert sorted(stage.said(2)) == ["note one --as maria", "note two --as maria"]
    stage.players.look()
    assert len(stage.said(2)) == 2


def test_the_switch_is_turned_before_the_command_is_given(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Act("maria", ("attest",), {"certificate": "expired"}, When(kind="go")))
    stage.happens("one", "go")
    assert stage.said(1) == ["attest --as maria"]
    assert stage.switched == [{"certificate": "expired"}]


def test_an_act_is_not_played_before_its_seconds_have_passed(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Act("maria", (), {"certificate": "valid"}, When(kind="go", after_seconds=3600)))
    stage.happens("one", "go")
    stage.players.look()
    stage.players.look()
    assert stage.switched == []


def test_half_a_line_waits_for_its_other_half(tmp_path: Path) -> None:
    tail = EventTail(tmp_path / "events")
    assert list(tail.new()) == []
    (tmp_path / "events").write_text('{"kind": "one"}\n{"kind"')
    assert [event["kind"] for event in tail.new()] == ["one"]
    with (tmp_path / "events").open("a") as file:
        file.write(': "two"}\n')
    assert [event["kind"] for event in tail.new()] == ["two"]

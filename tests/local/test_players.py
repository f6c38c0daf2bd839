"""The script of a day and the players that act on its events."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.local import cast, script
from deploy.local.players import EventTail, Players
from deploy.local.say import Trouble
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


def test_a_script_with_an_unknown_word_names_file_and_word(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("people: [{user: a, name: A, team: t, roles: [administrator]}]\n"
                    "conductor: a\nduring: [{who: a, dos: [x]}]\n")  # fmt: skip
    with pytest.raises(Trouble, match=r"script\.yaml.*dos"):
        script.read(path)


def test_a_plan_without_a_script_gets_a_plain_cast(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "plan: elsewhere\nteam: shop\npeople: {rita: [scribe], omar: [facilitator]}\n"
        "must_be_told: [{party: on-call, acknowledged_by: [lena]}]\n"
    )
    played = cast.script_for(plan)
    assert played.conductor == "omar"
    assert {"rita", "omar", "lena", "planner", "approver"} <= {one.user for one in played.people}
    assert [act.do[1] for act in played.before] == ["import", "acknowledge", "approve"]
    assert {act.who for act in played.before if act.do[1] == "acknowledge"} == {"lena"}


def test_a_file_that_is_no_yaml_still_reaches_the_import_that_says_why(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("plan: [unclosed")
    assert cast.plan_key(plan) == ""
    assert cast.script_for(plan).before[0].do[1] == "import"


def test_an_edited_copy_of_the_sample_is_played_by_the_sample_s_script(tmp_path: Path) -> None:
    copy = tmp_path / "mine.yaml"
    copy.write_text((cast.SAMPLE.parent / "plan.yaml").read_text())
    assert cast.script_for(copy) == script.read(cast.SAMPLE)


def test_everybody_in_the_sample_is_somebody_its_script_introduces() -> None:
    played = script.read(cast.SAMPLE)
    plan = cast.loaded(cast.SAMPLE.parent / "plan.yaml")
    introduced = {one.user for one in played.people}
    acting = {act.who for act in (*played.before, *played.during)} | {played.conductor}
    assert acting | set(plan["people"]) <= introduced
    scenarios = {one["key"] for one in plan["scenarios"]}
    assert {act.when.scenario for act in played.during} - {None} <= scenarios
    parties = {one["party"] for one in plan["must_be_told"]}
    told = {act.do[-1] for act in played.before if act.do[1] == "acknowledge"}
    assert told == parties

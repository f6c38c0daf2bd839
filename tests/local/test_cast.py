"""Who plays a plan, and what of a plan or a script is refused before anything is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import cast, script
from deploy.local.paths import ROOT
from deploy.local.say import Trouble
from tests.gameday.plans.documents import SMALL, sample

ALIASES = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
BAD = {
    "a date that is none": (SMALL.replace("2026-01-01T", "2026-13-45T"), "window.opens"),
    "brackets without end": ("people: " + "[" * 3000, "nested deeper than 20"),
    "aliases of aliases": (ALIASES, "Aliases are not allowed"),
    "a role that is a number": (SMALL.replace("[facilitator]", "5"), "people.fiona"),
    "a party without its name": (SMALL.replace("party: on-call\n    ", ""), "must_be_told[0]"),
    "a list": ("- a\n- b\n", "plan.yaml:1:1"),
    "unclosed": ("plan: [unclosed", "This is not YAML"),
    "nothing": ("", "The file is empty"),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_plan_that_is_none_is_refused_with_the_lines_of_its_import(text: str, told: str, tmp_path: Path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(text)
    with pytest.raises(Trouble) as trouble:
        cast.opened(plan)
    assert told in str(trouble.value)
    assert str(plan) in str(trouble.value)


def test_a_day_with_such_a_plan_ends_with_status_1_and_no_traceback(tmp_path: Path):
    plan = tmp_path / "plan.yaml"
    plan.write_bytes(b"plan: \xff")
    command = [sys.executable, "-m", "deploy.local.day", "--plan", str(plan)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, f"! {plan}: The file is not UTF-8 (byte 6).\n")


def test_a_day_with_a_scenario_that_the_plan_has_not_ends_before_anything_is_started():
    plan = cast.SAMPLE.parent / "plan.yaml"
    command = [sys.executable, "-m", "deploy.local.day", "--plan", str(plan), "--scenario", "pod-kil"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no scenario 'pod-kil'; it has pod-failure, " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_script_with_an_unknown_word_names_file_and_word(tmp_path: Path):
    path = tmp_path / "script.yaml"
    path.write_text("people: [{user: a, name: A, team: t, roles: [administrator]}]\n"
                    "conductor: a\nduring: [{who: a, dos: [x]}]\n")  # fmt: skip
    with pytest.raises(Trouble, match=r"script\.yaml.*dos"):
        script.read(path)


ADMINISTRATED = "people: [{user: a, name: A, team: t, roles: [administrator]}]\nconductor: a\n"


@pytest.mark.parametrize(
    "text",
    ["[" * 3000, ALIASES, "people: 5\n", "- a\n", "\x00",
     ADMINISTRATED + "during: [{who: a, when: {after_seconds: soon}}]\n"],
)  # fmt: skip
def test_a_script_that_is_none_is_refused_with_its_file(text: str, tmp_path: Path):
    path = tmp_path / "script.yaml"
    path.write_text(text)
    with pytest.raises(Trouble, match=r"script\.yaml"):
        script.read(path)


def test_a_plan_without_a_script_gets_a_plain_cast(tmp_path: Path):
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        SMALL.replace("  fiona:", "  rita: [scribe]\n  omar:").replace("by: [ravi]", "by: [lena]")
    )
    played = cast.script_for(plan, cast.opened(plan))
    assert played.conductor == "omar"
    assert {"rita", "omar", "lena", "planner", "approver"} <= {one.user for one in played.people}
    assert [act.do[1] for act in played.before] == ["import", "acknowledge", "approve"]
    assert {act.who for act in played.before if act.do[1] == "acknowledge"} == {"lena"}
    assert {one.team for one in played.people} == {"payments"}
    assert played.cluster == "practice"


def test_an_edited_copy_of_the_sample_is_played_by_the_sample_s_script(tmp_path: Path):
    copy = tmp_path / "mine.yaml"
    copy.write_text((cast.SAMPLE.parent / "plan.yaml").read_text())
    assert cast.script_for(copy, cast.opened(copy)) == script.read(cast.SAMPLE)


def test_a_script_beside_a_plan_plays_it_unless_it_names_another(tmp_path: Path):
    plan, beside = tmp_path / "plan.yaml", tmp_path / "script.yaml"
    plan.write_text(SMALL)
    for line, administrator in (("", "a"), ("plan: small-day\n", "a"), ("plan: another\n", "administrator")):
        beside.write_text(line + ADMINISTRATED)
        assert cast.script_for(plan, cast.opened(plan)).administrator == administrator


def test_the_administrator_is_introduced_first_and_introduces_the_others():
    played = script.read(cast.SAMPLE)
    first, *others = cast.introductions(played)
    assert first[:3] == ["people", "add", played.administrator]
    assert "--as" not in first
    assert {one[2] for one in others} == {one.user for one in played.people} - {played.administrator}
    assert all(one[-2:] == ["--as", played.administrator] for one in others)


def test_everybody_in_the_sample_is_somebody_its_script_introduces():
    played, plan = script.read(cast.SAMPLE), sample()
    introduced = {one.user for one in played.people}
    acting = {act.who for act in (*played.before, *played.during)} | {played.conductor}
    assert acting | set(plan["people"]) <= introduced
    scenarios = {one["key"] for one in plan["scenarios"]}
    assert {act.when.scenario for act in played.during} - {None} <= scenarios
    parties = {one["party"] for one in plan["must_be_told"]}
    told = {act.do[-1] for act in played.before if act.do[1] == "acknowledge"}
    assert told == parties

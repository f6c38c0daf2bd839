"""The loop: it acts as was decided, says so, and nothing that goes wrong ends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.litmus_ending import Ended
from chaos.domain.errors import Forbidden, Transient
from chaos.domain.sight import Residue, ResidueKind
from deploy.watchdog.decide import TTL, Grant, Seen
from deploy.watchdog.watch import Watch

SILENT = Seen(Grant("uid", "run-1", "beat", labels={"gameday/run": "run-1"}), ours=None)
ENGINE = Residue(ResidueKind.ENGINE, "chaos", "gd-12345678-0", "uid")
DONE = Ended((ENGINE,), ("node node-1 (cordoned)",), (), is_over=True)


class Scripted:
    """A cluster that answers one look after another, and the last for ever."""

    def __init__(self, *looks: Seen | Exception, ended: Ended | Exception = DONE) -> None:
        self.looks, self.ended, self.now = list(looks), ended, 0.0
        self.tries, self.events, self.whose = 0, list[str](), list[dict[str, str]]()

    def look(self) -> Seen:
        return answered(self.looks.pop(0) if len(self.looks) > 1 else self.looks[0])

    def end(self) -> Ended:
        self.tries += 1
        return answered(self.ended)

    def watched(self, seconds: float, alive: Path | None = None) -> Scripted:
        watch = Watch(self.look, self.end, self._event, lambda: self.now, alive)
        while self.now < seconds:
            watch.once()
            self.now += 2
        return self

    def _event(self, reason: str, message: str, whose: Mapping[str, str]) -> None:
        self.events.append(reason)
        self.whose.append(dict(whose))


def answered(answer: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """The lines of the log so far."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_what_it_does_is_told_from_beginning_to_end(said: Callable[[], list[dict[str, Any]]]) -> None:
    silent = [SILENT] * 17
    dog = Scripted(*silent, Seen()).watched(TTL + 10)
    lines = {one["what"]: one for one in said()}
    assert list(lines) == ["watching", "ending", "told-to-go", "everything-ended"]
    assert lines["watching"]["run"] == "run-1"
    assert lines["ending"]["why"] == "Run run-1 has not been heard of for 30 s."
    assert lines["told-to-go"]["objects"] == ["ChaosEngine chaos/gd-12345678-0"]
    assert lines["told-to-go"]["set_back"] == ["node node-1 (cordoned)"]
    assert dog.events == ["Ending", "Deleted", "SetBack", "SetBack", "Ended"], "each object is told of once"
    assert dog.whose == [{"gameday/run": "run-1"}] * 5, "the last too, when the grant is gone"


def test_another_run_s_grant_breaks_it_off_and_nothing_is_said_of_what_was_not_measured(
    said: Callable[[], list[dict[str, Any]]],
) -> None:
    other = Seen(Grant("uid-2", "run-2", "beat", labels={"gameday/run": "run-2"}), ours=None)
    dog = Scripted(*[SILENT] * 17, other, ended=replace(DONE, is_over=False)).watched(TTL + 10)
    lines = {one["what"]: one for one in said()}
    assert "everything-ended" not in lines and dog.events[-1] == "BrokenOff"
    assert lines["broken-off"]["why"] == (
        "Run run-2 has taken the grant: whether anything is left of what was being ended was not measured. "
        "Run run-1 has not been heard of for 30 s."
    )
    assert dog.whose[-1] == {"gameday/run": "run-1"}


def test_a_lever_that_is_down_ends_the_run_after_it_under_that_runs_own_name() -> None:
    first, second = (
        Seen(Grant(f"uid-{run}", run, "beat", labels={"gameday/run": run}), "an incident", None)
        for run in ("run-1", "run-2")
    )
    dog = Scripted(first, second, ended=replace(DONE, told=(), set_back=(), is_over=False)).watched(4)
    assert dog.events == ["Ending", "BrokenOff", "Ending"]
    assert [whose["gameday/run"] for whose in dog.whose] == ["run-1", "run-1", "run-2"]


def test_nothing_is_left_is_said_only_after_a_try_that_found_nothing() -> None:
    dog = Scripted(*[SILENT] * 17, Seen(), ended=replace(DONE, is_over=False))
    assert "Ended" not in dog.watched(TTL + 60).events
    dog = Scripted(*[SILENT] * 17, Seen(), ended=Transient("Away."))
    assert "Ended" not in dog.watched(TTL + 60).events


def test_a_try_that_fails_in_whatever_way_is_followed_by_the_next(
    said: Callable[[], list[dict[str, Any]]],
) -> None:
    for failure in (RuntimeError("odd"), Ended((), (), (Forbidden("May not."),), is_over=False)):
        dog = Scripted(SILENT, ended=failure).watched(TTL + 60)
        assert dog.tries > 5
    lines = said()
    assert "RuntimeError('odd')" in {one.get("error") for one in lines}
    assert ["May not."] in [one.get("errors") for one in lines]


def test_being_blind_is_said_once_and_being_able_to_see_again_too(
    said: Callable[[], list[dict[str, Any]]],
) -> None:
    away = Transient("There is no connection.")
    odd = RuntimeError("An answer of an unknown shape.")
    Scripted(Seen(), away, away, odd, odd, Seen()).watched(20)
    assert [one["what"] for one in said()] == ["watching", "cannot-look", "cannot-look", "can-look-again"]


def test_a_lever_that_cannot_be_read_is_said_once_and_the_silence_is_acted_on(
    said: Callable[[], list[dict[str, Any]]],
) -> None:
    deaf = replace(SILENT, no_lever_seen="Gameday may not get configmaps.")
    Scripted(*[deaf] * 17, Seen()).watched(TTL + 10)
    told = [one["what"] for one in said()]
    assert told == [
        "cannot-see-lever",
        "watching",
        "ending",
        "told-to-go",
        "told-to-go",
        "can-see-lever-again",
        "everything-ended",
    ]


def test_that_it_lives_is_a_file_and_a_line_a_minute(
    said: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    alive = tmp_path / "alive"
    Scripted(Transient("Away.")).watched(10, alive)
    assert alive.exists(), "it is the cluster that is away"
    assert [one["what"] for one in said()] == ["cannot-look"]
    Scripted(Seen()).watched(121)
    assert [one["what"] for one in said()].count("watching") == 3

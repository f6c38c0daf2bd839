"""The players of a practice day: they read its events as they are written, and act when it is their turn."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .paths import ROOT
from .say import step, warn
from .script import Act


class EventTail:
    """The lines that were appended to a JSON-lines file since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def new(self) -> Iterator[dict[str, Any]]:
        """Each whole new line, parsed; a half-written one waits for its end."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            fresh = file.read()
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            yield json.loads(line)


@dataclass(slots=True)
class Turn:
    """An act whose event has come: due at a monotonic time, then running, then over."""

    act: Act
    scenario: str
    due: float
    command: Sequence[str] = ()
    running: subprocess.Popen[str] | None = None


@dataclass(slots=True)
class Players:
    """Plays the acts of a script. `manage` makes a command line of manage.py arguments."""

    acts: Sequence[Act]
    events: EventTail
    known: Mapping[str, str]
    manage: Callable[..., list[str]]
    turn_switch: Callable[[Mapping[str, Any]], None]
    environment: Mapping[str, str]
    _turns: list[Turn] = field(default_factory=list)
    _called: set[tuple[int, str]] = field(default_factory=set)

    def look(self) -> None:
        """One look at events and acts; never waits."""
        for event in self.events.new():
            self._call(event)
        for turn in list(self._turns):
            if turn.running is None and time.monotonic() >= turn.due:
                self._begin(turn)
            elif turn.running is not None and turn.running.poll() is not None:
                self._end(turn)

    def leave(self) -> None:
        """No more acts: end those that are still running."""
        for turn in self._turns:
            if turn.running is not None:
                turn.running.kill()
                turn.running.communicate()
        self._turns.clear()

    def _call(self, event: Mapping[str, Any]) -> None:
        # Each act is played once for each scenario that it matches.
        scenario = str(event.get("scenario") or "")
        for number, act in enumerate(self.acts):
            if (number, scenario) not in self._called and act.when.matches(event):
                self._called.add((number, scenario))
                self._turns.append(Turn(act, scenario, time.monotonic() + act.when.after_seconds))

    def _begin(self, turn: Turn) -> None:
        act = turn.act
        try:
            if act.switch:
                self.turn_switch(act.switch)
                step(f"{act.who} does by hand: {json.dumps(dict(act.switch))}")
        except OSError as error:
            warn(f"{act.who} could not turn {dict(act.switch)}: {error}")
            self._turns.remove(turn)
            return
        if not act.do:
            self._turns.remove(turn)
            return
        turn.command = filled(act, {**self.known, "scenario": turn.scenario})
        turn.running = subprocess.Popen(
            self.manage(*turn.command),
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def _end(self, turn: Turn) -> None:
        assert turn.running is not None  # noqa: S101 - looked at by the caller
        said = turn.running.communicate()[0].strip()
        if turn.running.returncode != 0:  # what is done shows among the day's own lines
            warn(f"{turn.act.who} could not `{' '.join(turn.command)}`: {said}")
        self._turns.remove(turn)


def filled(act: Act, known: Mapping[str, str]) -> tuple[str, ...]:
    """The act's command with what is known filled in, said by its person."""
    words = list(act.do)
    for name, value in known.items():
        words = [word.replace(f"{{{name}}}", value) for word in words]
    return (*words, "--as", act.who)

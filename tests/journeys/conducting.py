"""`plan conduct` in a process of its own, watched from outside: its words, its events, its exit status."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.local.paths import ROOT
from deploy.local.stack import manage
from deploy.local.tether import tether

Event = dict[str, Any]


class Conducting:
    """One `plan conduct`. `until` and `ends` raise AssertionError with all it said so far."""

    def __init__(self, slug: str, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir()
        self.slug, self._out, self._err = slug, folder / "out", folder / "err"
        self._events = folder / "events.jsonl"
        command = manage("plan", "conduct", slug, "--as", "fiona", "--events-to", str(self._events))
        with self._out.open("w") as out, self._err.open("w") as err:
            self._child = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=err, start_new_session=True, preexec_fn=tether(signal.SIGKILL),
            )  # fmt: skip

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @property
    def events(self) -> list[Event]:
        """Every whole line that it has written so far."""
        text = self._events.read_text() if self._events.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    @property
    def kinds(self) -> list[str]:
        return [event["kind"] for event in self.events]

    @property
    def states(self) -> list[str]:
        """The states of its runs, one after another."""
        return [event["data"]["state"] for event in self.events if event["kind"] == "run.state"]

    @property
    def run(self) -> str:
        """The id of the newest run that it launched."""
        return next(str(event["run"]) for event in reversed(self.events) if event["kind"] == "run.launched")

    def text(self, kind: str) -> str:
        """What the newest event of this kind says."""
        return next(str(event["text"]) for event in reversed(self.events) if event["kind"] == kind)

    def until(self, kind: str, state: str = "", within: float = 45.0) -> Event:
        """The first event of this kind (and state), as soon as it is there."""
        deadline = time.monotonic() + within
        while True:
            is_over = self.has_ended
            for event in self.events:
                if event["kind"] == kind and state in ("", event["data"].get("state")):
                    return event
            assert not is_over, f"it ended without {kind} {state}\n{self.told}"
            assert time.monotonic() < deadline, f"no {kind} {state} within {within:g} s\n{self.told}"
            time.sleep(0.1)

    @property
    def has_ended(self) -> bool:
        return self._child.poll() is not None

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._child.send_signal(signal.SIGINT)

    def ends(self, within: float = 90.0) -> int:
        """Its exit status."""
        try:
            return self._child.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it had not ended after {within:g} s\n{self.told}") from None

    def kill(self) -> None:
        """kill -9; nothing where it has ended."""
        if not self.has_ended:
            self._child.kill()
            self._child.wait()

    @property
    def told(self) -> str:
        return f"plan conduct {self.slug}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

"""How the calls of one process to the API server fare: refused, lost, slow, late, doubled, or well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from chaos.domain.errors import Forbidden, GamedayError, Transient
from tests.simulation.hazards import LATEST, Hazards, no_answer
from tests.simulation.kernel import Kernel, Process
from tests.simulation.threads import Future, Pool

TIMEOUT = 7.0
"""Seconds after which a call is given up: to connect, and to be answered."""
OFTEN = 8.0
"""How much likelier a process is hit around a write than elsewhere."""


class Calls:
    share = 1.0
    """Of the API server's pace, that one call takes."""

    def __init__(self, kernel: Kernel, process: Process, hazards: Hazards) -> None:
        self.kernel, self.process, self.hazards = kernel, process, hazards

    def call(
        self,
        what: str,
        deed: Callable[..., Any],
        writes: bool = False,
        within: float = TIMEOUT,
        is_the_start: bool = False,
    ) -> Any:
        """Ask it, with all that may come between. `is_the_start`: of a fault; the deed is told when it was
        sent."""
        kernel, draw = self.kernel, self.kernel.random
        weight, pace, began = OFTEN if writes else 1.0, self.hazards.pace * self.share, kernel.now
        kernel.sleep(draw.uniform(0.05, 1.0) * pace, weight)
        if is_the_start:
            self.hazards.strike_the_start(self.process, "freeze on the wire")
            if kernel.now - began > pace:
                self.hazards.slept.add(kernel.now)
        if self.hazards.is_cut_off(self.process.name):
            kernel.sleep(within)
            raise self.no_answer(what)
        deed = partial(deed, kernel.now) if is_the_start else deed
        fate = self.fate(writes, is_the_start)
        if writes or fate != "fine":
            kernel.say(self.process.name, f"{what}: {fate}")
        if fate != "fine":
            kernel.met[f"a call {fate}"] += 1
        if self.hazards.is_forbidden(self.process.name, what):
            raise self.forbidden(what)
        if fate == "refused":
            raise self.refused(what)
        if fate == "slow":
            return self._slowly(what, deed, within)
        if fate == "late":
            kernel.at(draw.uniform(draw.choice((within, LATEST - 5.0)), LATEST), deed)
        elif fate != "lost":
            answer = deed()
            if fate == "doubled":
                answer = deed()
            elif fate == "again":
                kernel.at(draw.uniform(within, LATEST), deed)
        if fate in ("lost", "late", "unanswered", "again"):
            kernel.sleep(within)
            raise self.no_answer(what)
        kernel.sleep(draw.uniform(0.05, 1.0) * pace, weight)
        return answer

    def _slowly(self, what: str, deed: Callable[[], Any], within: float) -> Any:
        """The API server takes its time, whatever becomes of who asked."""
        answer = Future(self.kernel)
        self.kernel.at(self.kernel.random.uniform(0.5, 9.0), lambda: answer.set_result(deed()))
        try:
            found = answer.result(within)
        except TimeoutError:
            raise self.no_answer(what) from None
        self.kernel.sleep(0.0)
        return found

    def fate(self, writes: bool, is_the_start: bool) -> str:
        return self.hazards.fate_of_call(self.process.name, writes, is_the_start)

    def no_answer(self, what: str) -> Exception:
        return no_answer(what)

    def forbidden(self, what: str) -> Exception:
        return Forbidden(f"The API server answered 403 to: {what}.")

    def refused(self, what: str) -> Exception:
        return Transient(f"The API server answered 500 to: {what}.")

    def together(self, deeds: Sequence[Callable[[], Any]]) -> list[GamedayError]:
        """All of them beside each other; the errors."""
        with Pool(self.kernel) as pool:
            acts = [pool.submit(deed) for deed in deeds]
            found = [act.exception() for act in acts]
        errors = [error for error in found if isinstance(error, GamedayError)]
        for error in found:
            if error and not isinstance(error, GamedayError):
                raise error
        return errors

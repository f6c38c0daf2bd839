"""The head of the control room: what is live, since when, what comes next, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.domain.decide import TAKEN_UP_WITHIN
from chaos.domain.states import RunState
from chaos.services.evidence_queries import RunEvidence
from gameday.conduct.live_room import NOT_ANNOUNCED, Room
from gameday.conduct.live_words import t_plus


@dataclass(frozen=True, slots=True)
class Status:
    """`zero` is where the timer counts from, `until` where it stands still; `due` belongs to `phase`.

    `fault_from` and `fault_to` are the injection window, for the charts.
    """

    word: str
    title: str
    hypothesis: str
    zero: datetime
    since: str
    until: datetime | None
    timer: str
    phase: str
    due: datetime | None
    fault_from: datetime | None
    fault_to: datetime | None


def status(room: Room) -> Status | None:
    """None before the first run."""
    run = room.run
    if run is None:
        return None
    zero = room.zero or run.launched_at
    until = run.state_since if run.state.is_final else None
    phase, due = _phase(run, room)
    hidden = "What is injected and what is expected is told once it is over."
    return Status(
        word="stranded" if room.is_stranded else run.state.value,
        title=NOT_ANNOUNCED if room.is_hidden else run.spec.title,
        hypothesis=hidden if room.is_hidden else run.spec.hypothesis,
        zero=zero,
        since="since the fault was measured" if room.zero else "since the launch",
        until=until,
        timer=t_plus(until or room.now, zero),
        phase=phase,
        due=due,
        fault_from=room.zero,
        fault_to=fault_to(run) if room.zero else None,
    )


def fault_to(run: RunEvidence) -> datetime | None:
    """When the fault's time is or was up, or it was stopped, whichever came first."""
    ends = [
        item.injected_at + injection.duration
        for item, injection in zip(run.progress, run.injections, strict=True)
        if item.injected_at
    ]
    if not ends:
        return None
    ended = run.marks.ended_at or (run.stop.at if run.stop else None)
    return min(max(ends), ended) if ended else max(ends)


def _phase(run: RunEvidence, room: Room) -> tuple[str, datetime | None]:
    """What is going on and what comes next, and when that is due."""
    durations, since = run.spec.durations, run.state_since
    if room.is_undriven and (run.stop or run.state is RunState.REVERTING):
        told = "Told to stop" if run.stop else "It is to be undone"
        return f"{told}; nobody drives it: what was asked of the cluster is not measured.", None
    if run.stop and not run.state.is_final and run.state is not RunState.REVERTING:
        return "A stop is wanted; everything is being undone.", None
    if run.state is RunState.PENDING:
        return _not_taken_up(run, room)
    if run.state is RunState.BASELINING:
        return "Measuring the steady state. The fault is asked for", since + durations.baseline
    late = _late_create(run, room)
    if late:
        return late
    if run.state is RunState.INJECTING:
        return ("It is under way.", None) if room.is_hidden else _injecting(run, room.zero)
    if run.state is RunState.OBSERVING:
        return "The fault's time is up. Watching the platform come back; undone at the latest", (
            since + durations.observe
        )
    if run.state is RunState.REVERTING:
        return "Undoing it, and measuring that nothing is left. That is to be so", (
            since + durations.revert_within
        )
    return _ended(run), None


def _not_taken_up(run: RunEvidence, room: Room) -> tuple[str, datetime | None]:
    """Said so that it stays true as time passes: no entry tells an open page of a run that nobody drives."""
    last = run.launched_at + TAKEN_UP_WITHIN
    if room.is_undriven:
        late = f"After {last:%H:%M:%S} UTC nothing is injected any more."
        return f"Launched, and nobody has taken it up. {late}", None
    return "Launched; a driver takes it up in a moment.", None


def _late_create(run: RunEvidence, room: Room) -> tuple[str, datetime] | None:
    """While all that could be looked for is gone, and an answer that was lost is still waited for."""
    told = room.of("run.late_create")[-1:]
    if not told or run.state.is_final or run.marks.clean_at or told[0].at < run.state_since:
        return None
    until = datetime.fromisoformat(told[0].body["until"])
    return (told[0].text + " That is over", until) if room.now < until else None


def _injecting(run: RunEvidence, zero: datetime | None) -> tuple[str, datetime | None]:
    if zero:
        return "The fault is there. Its time is up", fault_to(run)
    waiting = [item for item in run.injections if item.person_within > timedelta(0)]
    if waiting:
        return "Waiting for a person to inject it and to say so.", None
    return "The fault is asked for, and looked for on the platform.", None


def _ended(run: RunEvidence) -> str:
    if not run.was_requested:
        return "It is over. Nothing had been injected."
    return "It is over. Every fault is measured to be gone." if run.is_proven_gone else "It is over."

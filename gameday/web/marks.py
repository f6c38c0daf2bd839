"""Which icon and tone goes with which word: the one place where colour gets its meaning."""

from __future__ import annotations

from typing import NamedTuple


class Mark(NamedTuple):
    """`tone`: good (held, verified), armed, bad (breach, stop), blind (unknown), live, or quiet."""

    tone: str
    icon: str
    word: str


_MARKS = {
    "held": Mark("good", "circle-check", "Held"),
    "deviated": Mark("armed", "triangle-alert", "Deviated"),
    "inconclusive": Mark("blind", "eye-off", "Inconclusive"),
    "awaited": Mark("quiet", "clock", "Awaited"),
    "pending": Mark("quiet", "clock", "Pending"),
    "baselining": Mark("live", "activity", "Baseline"),
    "injecting": Mark("armed", "zap", "Injecting"),
    "observing": Mark("live", "eye", "Observing"),
    "reverting": Mark("armed", "refresh-cw", "Reverting"),
    "completed": Mark("quiet", "check", "Completed"),
    "aborted": Mark("bad", "octagon-x", "Aborted"),
    "failed": Mark("bad", "octagon-x", "Failed"),
    "stranded": Mark("bad", "triangle-alert", "Stranded"),
    "armed": Mark("armed", "crosshair", "Armed"),
    "approved": Mark("good", "circle-check", "Approved"),
    "rejected": Mark("armed", "x", "Rejected"),
    "expired": Mark("quiet", "clock", "Expired"),
    "draft": Mark("quiet", "pencil", "Draft"),
    "waiting": Mark("quiet", "clock", "Waits for approval"),
    "ready": Mark("good", "circle-check", "Ready"),
    "closed": Mark("quiet", "lock", "Window closed"),
    "open": Mark("quiet", "circle-dot", "Open"),
    "done": Mark("good", "check", "Done"),
    "overdue": Mark("armed", "clock", "Overdue"),
    "reachable": Mark("good", "circle-check", "Reachable"),
    "unreachable": Mark("blind", "wifi-off", "Unreachable"),
    "unknown": Mark("blind", "circle-help", "Unknown"),
    "halted": Mark("bad", "octagon-x", "Halted"),
    "rehearsal": Mark("quiet", "circle-dashed", "Rehearsal"),
    "staging": Mark("quiet", "circle-dot", "Staging"),
    "production": Mark("quiet", "server", "Production"),
}


def of(word: str) -> Mark:
    """The mark of a word; one that has none is written as it is, without a colour."""
    return _MARKS.get(word, Mark("quiet", "circle", word.replace("-", " ").capitalize()))

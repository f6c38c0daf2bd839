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
    "nothing was injected": Mark("quiet", "circle", "Nothing was injected"),
    "clean": Mark("good", "circle-check", "Clean"),
    "target gone": Mark("armed", "triangle-alert", "Target gone"),
    "not over yet": Mark("live", "clock", "Not over yet"),
    "cannot be proven": Mark("blind", "circle-help", "Cannot be proven"),
    "armed": Mark("armed", "crosshair", "Armed"),
    "approved": Mark("good", "circle-check", "Approved"),
    "rejected": Mark("armed", "x", "Rejected"),
    "expired": Mark("quiet", "clock", "Expired"),
    "draft": Mark("quiet", "pencil", "Draft"),
    "waiting": Mark("quiet", "clock", "Waits for approval"),
    "untold": Mark("quiet", "bell", "Approved, not yet acknowledged"),
    "live": Mark("live", "activity", "Live"),
    "mended": Mark("armed", "triangle-alert", "Needs mending"),
    "ready": Mark("good", "circle-check", "Ready"),
    "closed": Mark("quiet", "lock", "Window closed"),
    "open": Mark("quiet", "circle-dot", "Open"),
    "done": Mark("good", "check", "Done"),
    "critical": Mark("armed", "zap", "Critical"),
    "major": Mark("armed", "triangle-alert", "Major"),
    "minor": Mark("quiet", "info", "Minor"),
    "strength": Mark("good", "shield-check", "Strength"),
    "overdue": Mark("armed", "clock", "Overdue"),
    "reachable": Mark("good", "circle-check", "Reachable"),
    "unreachable": Mark("blind", "wifi-off", "Unreachable"),
    "unknown": Mark("blind", "circle-help", "Unknown"),
    "will-be-hit": Mark("quiet", "crosshair", "Will be hit"),
    "asked-for": Mark("armed", "clock", "Asked for"),
    "fault-there": Mark("armed", "zap", "Fault is there"),
    "has-left": Mark("armed", "zap", "Has left"),
    "fault-gone": Mark("good", "circle-check", "Fault gone"),
    "untouched": Mark("quiet", "circle", "Not touched"),
    "on-time": Mark("good", "circle-check", "In time"),
    "late": Mark("armed", "clock", "Late"),
    "missed": Mark("armed", "x", "Not seen in time"),
    "unwatched": Mark("blind", "eye-off", "Not watched"),
    "already-firing": Mark("blind", "circle-help", "Fired before"),
    "halted": Mark("bad", "octagon-x", "Halted"),
    "rehearsal": Mark("quiet", "circle-dashed", "Rehearsal"),
    "staging": Mark("quiet", "circle-dot", "Staging"),
    "production": Mark("quiet", "server", "Production"),
}


_ENTRIES = {
    "note": Mark("quiet", "message-square", "Note"),
    "milestone": Mark("live", "flag", "Milestone"),
    "run.word": Mark("live", "hand", "Word"),
    "run.waiting_for_person": Mark("armed", "hand", "Waiting"),
    "run.breach": Mark("bad", "octagon-x", "Breach"),
    "run.stop_wanted": Mark("bad", "octagon-x", "Stop"),
    "run.stranded": Mark("bad", "triangle-alert", "Stranded"),
    "run.left": Mark("armed", "triangle-alert", "Left"),
    "run.came_late": Mark("bad", "triangle-alert", "Came late"),
    "run.undone_late": Mark("armed", "refresh-cw", "Undoing"),
    "run.gone_late": Mark("good", "circle-check", "Gone"),
    "run.left_alone": Mark("blind", "eye-off", "Not looked for"),
    "run.came_back": Mark("bad", "triangle-alert", "Came back"),
    "run.act_failed": Mark("armed", "triangle-alert", "Failed"),
    "run.late_create": Mark("armed", "clock", "May land"),
    "run.injected": Mark("armed", "zap", "Injected"),
    "run.clean": Mark("good", "circle-check", "Gone"),
    "run.steady": Mark("good", "circle-check", "Steady"),
    "run.receipt": Mark("good", "scroll-text", "Receipt"),
    "run.verdict": Mark("live", "flag", "Verdict"),
    "run": Mark("quiet", "activity", "Run"),
    "injection": Mark("armed", "crosshair", "Injection"),
    "alert.fired": Mark("armed", "bell-ring", "Alert"),
    "alert": Mark("quiet", "bell", "Alert"),
    "scenario.armed": Mark("armed", "crosshair", "Armed"),
    "glass.broken": Mark("armed", "unlock", "Glass broken"),
    "glass.failed": Mark("armed", "triangle-alert", "Not taken off"),
    "glass.done": Mark("armed", "check", "Taken off"),
    "glass.reviewed": Mark("good", "shield-check", "Reviewed"),
    "watchdog": Mark("live", "shield-check", "Watchdog"),
    "halt": Mark("bad", "octagon-x", "Halt"),
}


def of_entry(kind: str) -> Mark:
    """The mark of a journal entry by its kind, else by the part of it before the dot."""
    family = kind.partition(".")[0]
    return _ENTRIES.get(kind) or _ENTRIES.get(family, Mark("quiet", "file-text", family.capitalize()))


def of(word: str) -> Mark:
    """The mark of a word; one that has none is written as it is, without a colour."""
    return _MARKS.get(word, Mark("quiet", "circle", word.replace("-", " ").capitalize()))

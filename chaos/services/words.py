"""What the timeline says of a run: what happened, what is safe, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from chaos.domain import codec
from chaos.domain.durations import say_duration
from chaos.domain.injection import Injection, Progress, Sign
from chaos.domain.left import Left
from chaos.domain.record import ORGANISERS, Event
from chaos.domain.reverting import why_not_gone
from chaos.domain.run import RunView, Stop, Word
from chaos.domain.sight import Alert, ClusterSight
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.domain.verdict import Outcome

_STATE = {
    RunState.BASELINING: "Baseline",
    RunState.INJECTING: "Injecting",
    RunState.OBSERVING: "Observing",
    RunState.REVERTING: "Reverting",
    RunState.COMPLETED: "Completed",
    RunState.ABORTED: "Aborted",
    RunState.FAILED: "Failed",
}

STOP_WANTED = "run.stop_wanted"

_WHOM = {"severity", "route", "team"}
_SCRAPE = {"job", "instance"}


def _seconds(later: datetime, earlier: datetime) -> Decimal:
    return Decimal(f"{(later - earlier).total_seconds():.3f}")


def moved(to: RunState, why: str, at: datetime) -> Event:
    return Event("run.state", f"{_STATE[to]}: {why}", at, body={"state": to.value})


def requested(injection: Injection, chosen: str, at: datetime) -> Event:
    """`chosen`: the parameters that were chosen for it."""
    targets = injection.targets or injection.nodes
    names = ", ".join(target.name for target in targets)
    what = "" if injection.targets else " nodes"
    of = f"{len(targets)} of {injection.pre_image.matched}{what}"
    how = f" ({chosen})" if chosen else ""
    text = f"{injection.fault}{how} requested on {names} ({of})."
    return Event(
        "injection.requested", text, at, ORGANISERS, {"index": injection.index, "name": injection.name}
    )


def asked(injection: Injection, at: datetime) -> Event:
    text = f"Waiting for a person. {injection.instructions.splitlines()[0]}"
    return Event("run.waiting_for_person", text, at, ORGANISERS, {"word": "injected"})


def asked_to_undo(injection: Injection, at: datetime) -> Event:
    text = f"Waiting for a person. {injection.instructions.splitlines()[-1]}"
    return Event("run.waiting_for_person", text, at, body={"word": "reverted"})


def answered(injection: Injection, at: datetime) -> Event:
    text = f"The API server has the engine {injection.name}."
    return Event("injection.accepted", text, at, ORGANISERS, {"index": injection.index})


def injected(
    injection: Injection,
    not_before: datetime | None,
    at: datetime,
    left: Sequence[str],
    word: Word | None = None,
) -> Event:
    """`left` are the targets that were seen to leave; somebody else may have taken one of them. Of what a
    person did there is their `word`, and nothing is measured."""
    within = f", within {_seconds(at, not_before)} s" if not_before and not_before < at else ""
    seen = (
        f" {len(left)} of {len(injection.targets)} targets have left."
        if injection.sign is Sign.TARGETS_LEAVE
        else ""
    )
    where = f" on {', '.join(node.name for node in injection.nodes)}" if injection.nodes else ""
    text = f"{injection.fault} measured to be there{where}{within}.{seen}"
    if word:
        text = "The fault counts as there by a person's word; since when was not measured."
    body = {"left": list(left), "index": injection.index, "injected_at": at, "not_before": not_before}
    return Event("run.injected", text, at, ORGANISERS, codec.to_plain(body))


def stopping(stop: Stop, breach_at: datetime | None) -> tuple[Event, ...]:
    body = codec.to_plain({"kind": stop.kind, "by": stop.by, "breach_at": breach_at})
    who = f"{stop.by} pressed Stop: " if stop.by else "Stopping: "
    wanted = Event(STOP_WANTED, who + stop.reason, stop.at, body=body)
    if stop.kind is StopKind.BREACH:
        return (Event("run.breach", stop.reason, breach_at or stop.at, body=body), wanted)
    if stop.kind is StopKind.LIMITS:
        return (Event("run.over_limits", stop.reason, stop.at, body=body), wanted)
    return (wanted,)


def stopped_late(stop: Stop) -> Event:
    """Of a run that had ended by the time that this could be written down."""
    text = f"{stop.by} pressed Stop at {stop.at:%H:%M:%S} UTC, before the run ended: {stop.reason}"
    return Event(STOP_WANTED, text, stop.at, body=codec.to_plain({"kind": stop.kind, "by": stop.by}))


def untouched(stop: Stop) -> tuple[Event, ...]:
    """Of a run that was over before any driver had it."""
    nothing = "No driver had taken the run up; nothing was injected, and there is nothing to undo."
    steps = {"decision": codec.to_plain(stop.at)}
    return (
        *stopping(stop, None),
        Event("run.receipt", f"Stop receipt: {nothing}", stop.at, body={"steps": steps, "unmoved": []}),
        moved(RunState.ABORTED, f"{stop.reason.rstrip('.')}; nothing had been injected.", stop.at),
    )


def accepted(at: datetime) -> Event:
    return Event("run.stop_accepted", "The API server has taken every delete.", at)


def rung_done(view: RunView, at: datetime) -> Event:
    number, total = view.rung + 1, len(view.spec.fault.rungs)
    return Event("run.rung_done", f"Rung {number} of {total} is measured to be gone.", at)


def climbing(planned: Sequence[Injection], at: datetime) -> Event:
    names = [pod.name for item in planned for pod in item.targets]
    names += [node.name for item in planned for node in item.nodes]
    rung = planned[0].rung + 1 if planned else 0
    text = f"Climbing to rung {rung}: {', '.join(names) or 'no targets'}."
    return Event("run.climbing", text, at, ORGANISERS, {"rung": rung, "targets": names})


def recreating(injection: Injection, names: Sequence[str], at: datetime) -> Event:
    why = f"The helper did not undo {injection.fault}"
    if injection.postcondition.lies_when_aborted:
        why = f"Whether the helper undid {injection.fault} cannot be known"
    text = f"{why}; recreating {', '.join(names)} to be rid of it."
    return Event("run.recreating", text, at, body={"index": injection.index, "pods": list(names)})


def restoring(injection: Injection, changed: Mapping[str, str], at: datetime) -> Event:
    """`changed`: by name, how it is now."""
    how = "; ".join(f"{name}: {now}" for name, now in changed.items())
    text = f"Litmus did not undo {injection.fault} ({how}); setting it back to what it was."
    return Event("run.restoring", text, at, body={"index": injection.index, "changed": dict(changed)})


def late_create(until: datetime, seen_at: datetime, at: datetime) -> Event:
    text = (
        f"Nothing of the fault was on the cluster at {seen_at:%H:%M:%S} UTC. A create whose answer was lost "
        f"could still land until {until:%H:%M:%S} UTC; it is looked for until then, and deleted if it does."
    )
    return Event("run.late_create", text, at, body=codec.to_plain({"until": until, "seen_at": seen_at}))


def refused(name: str, error: Exception, at: datetime) -> Event:
    return Event("run.act_failed", f"{name.capitalize()} did not go through: {error}", at, body={"act": name})


def marked(name: str, at: datetime, view: RunView) -> Event:
    if name == "stranded_at":
        left = "; ".join(why_not_gone(view)) or "nothing could be measured"
        within = say_duration(view.spec.durations.revert_within)
        text = f"STRANDED: not proven gone within {within}. Left: {left}. Retrying."
        return Event("run.stranded", text, at, body={"residue": list(why_not_gone(view))})
    text = {
        "baseline_at": "The steady state holds and every probe sees.",
        "pods_gone_at": "No Job and no Pod of this run is left.",
        "clean_at": "Every fault is measured to be gone.",
        "steady_at": "The steady state is back.",
    }[name]
    return Event(f"run.{name.removesuffix('_at')}", text, at)


def left_now(left: Sequence[Left], at: datetime) -> Event:
    """Of a stranded run, once it is something else that is left."""
    said = "; ".join(item.sentence for item in left) or "nothing that was seen; it is measured again"
    return Event("run.left", f"Left now: {said}.", at)


def proven(event: Event, progress: Sequence[Progress]) -> Event:
    """With the digest of what was measured, so that the proof kept with each injection is in the chain."""
    if event.kind != "run.clean":
        return event
    return replace(event, body={"proof": codec.digest(tuple(item.proof for item in progress))})


def came_back(view: RunView, at: datetime) -> Event:
    """After "every fault is measured to be gone": that is not true any more."""
    left = "; ".join(why_not_gone(view))
    return Event("run.came_back", f"Something is there again; deleting it. Left: {left}.", at)


def may_have_come_back(view: RunView, at: datetime) -> Event:
    text = (
        "Nobody saw the cluster for a while in which a create whose answer was lost could land and be ended. "
        "What was replaced before is replaced again where the fault may be in it, and measured anew."
    )
    return Event("run.came_back", text, at)


def came_late(sight: ClusterSight, is_its_doing: bool, at: datetime) -> Event:
    then = (
        "and what it did is undone" if is_its_doing else "but what it did is left to you: look at the targets"
    )
    return Event("run.came_late", f"After its end there came {_there(sight)}. It is deleted, {then}.", at)


def _there(sight: ClusterSight) -> str:
    ours = [str(item) for item in sight.residue]
    return ", ".join(ours) or ", ".join(f"the result of {item.engine}" for item in sight.results)


def undone_late(names: Sequence[str], at: datetime) -> Event:
    return Event("run.undone_late", f"Undoing what came after the end: {', '.join(names)}.", at)


def gone_late(is_its_doing: bool, at: datetime) -> Event:
    if is_its_doing:
        return Event("run.gone_late", "What came after the end of the run is measured to be gone.", at)
    text = "Of what came after the end of the run no object is left. What it did was not looked for."
    return Event("run.left_alone", text, at)


def judged(verdict: Verdict, outcomes: Sequence[Outcome], at: datetime) -> Event:
    parts = " ".join(
        f"{item.probe} {item.expected}: {item.verdict.value}. {item.sentence}" for item in outcomes
    )
    body = {"verdict": verdict.value, "outcomes": codec.to_plain(tuple(outcomes))}
    return Event("run.verdict", f"Verdict {verdict.value}. {parts}", at, body=body)


def receipt(view: RunView, at: datetime, unmoved: Sequence[str] = ()) -> Event:
    """The stop receipt: each instant, and seconds after the first of them (breach, else decision). `unmoved`
    are the probes of a proof that never left their tolerance while the fault was there."""
    marks = view.marks
    steps = {
        "breach": marks.breach_at,
        "decision": marks.decided_at,
        "accepted": marks.accepted_at,
        "pods gone": marks.pods_gone_at,
        "residue clean": marks.clean_at,
        "steady state back": marks.steady_at,
    }
    start = marks.breach_at or marks.decided_at or at
    said = [
        f"{name} +{_seconds(instant, start):.1f} s" if instant else f"{name} not measured"
        for name, instant in steps.items()
        if instant or name != "breach"
    ]
    body = {name: codec.to_plain(instant) for name, instant in steps.items()}
    text = "Stop receipt: " + ", ".join(said) + "."
    for probe in unmoved:
        text += (
            f" {probe} never left its tolerance while the fault was there, so it proves nothing of its end."
        )
    return Event("run.receipt", text, at, body={"steps": body, "unmoved": list(unmoved)})


def end_sentence(view: RunView, to: RunState) -> str:
    proof = "every fault is proven gone" if view.was_requested else "nothing had been injected"
    if view.stop is None:
        return f"All of it was done and {proof}."
    return f"{view.stop.reason.rstrip('.')}; {proof}."


def alert_changed(alert: Alert, is_firing: bool, at: datetime) -> Event:
    severity = alert.labels.get("severity", "")
    route = alert.labels.get("route", "") or alert.labels.get("team", "")
    whom = ", ".join(part for part in (severity, route) if part)
    said = "; ".join(part for part in (whom, _about(alert)) if part)
    text = f"Alert {alert.name} {'fires' if is_firing else 'is resolved'}" + (f" ({said})." if said else ".")
    kind = "alert.fired" if is_firing else "alert.resolved"
    return Event(kind, text, at, body={"alert": alert.name, "labels": dict(alert.labels)})


def _about(alert: Alert) -> str:
    """What tells it from others of its name, as `deployment payments-api`. Where its metric was scraped is
    said only where nothing else does."""
    labels = {name: value for name, value in sorted(alert.labels.items()) if value and name not in _WHOM}
    telling = {name: value for name, value in labels.items() if name not in _SCRAPE} or labels
    return ", ".join(f"{name} {value}" for name, value in telling.items())

"""`manage.py plan conduct`, `manage.py run …`, `manage.py halt`."""

from __future__ import annotations

import argparse
import signal
import time
from pathlib import Path

from django.utils import timezone

from chaos.domain.errors import Refused
from chaos.services import queries
from chaos.services.attest import Milestone
from chaos.services.run_ids import run_named
from gameday.commands import Commands, Say, at_once
from gameday.conduct import services
from gameday.conduct.day import Day, table
from gameday.people.services import person
from gameday.plans.services import plan


def register_conduct(verbs: Commands[argparse.ArgumentParser]) -> None:
    conduct = verbs.add_parser("conduct", help="Conduct an approved plan: launch, follow, stop.")
    conduct.add_argument("plan")
    conduct.add_argument("--as", dest="user", required=True, metavar="USER")
    conduct.add_argument("--scenario", default="", metavar="KEY")
    conduct.add_argument("--events-to", type=Path, metavar="FILE", help="Every event, one JSON line each.")
    conduct.set_defaults(act=_conduct)


def register_run(verbs: Commands[argparse.ArgumentParser]) -> None:
    attest = verbs.add_parser("attest", help="Say that a manual fault is injected or reverted.")
    attest.add_argument("word", choices=["injected", "reverted"])
    attest.add_argument("--scenario", required=True, metavar="KEY")
    attest.add_argument("--note", default="")
    attest.set_defaults(act=_attest)
    stop = verbs.add_parser("stop", help="Stop a live run, or all of them; everybody may.")
    stop.add_argument(
        "run", nargs="?", default="", help="the run's id, or its first 8 digits; --all for every live run"
    )
    stop.add_argument("--all", action="store_true", dest="is_all")
    stop.add_argument("--as", dest="user", required=True, metavar="USER")
    stop.add_argument("--reason", default="")
    stop.add_argument(
        "--wait",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="wait for the runs' ends, this long at most",
    )
    stop.set_defaults(act=_stop)
    note = verbs.add_parser("note", help="Write a line into the timeline.")
    note.add_argument("text")
    note.set_defaults(act=_note)
    milestone = verbs.add_parser("milestone", help="Mark when people detected, …, recovered.")
    milestone.add_argument("milestone", choices=[item.value for item in Milestone])
    milestone.add_argument("--scenario", required=True, metavar="KEY")
    milestone.set_defaults(act=_milestone)
    for verb in (attest, note, milestone):
        verb.add_argument("--plan", required=True)
        verb.add_argument("--as", dest="user", required=True, metavar="USER")


def _conduct(options: argparse.Namespace, say: Say) -> int:
    stops: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _: stops.append(received))

    say_now = at_once(say)
    day = Day(plan(options.plan), person(options.user), say_now, lambda: bool(stops), options.events_to)
    status = day.hold(options.scenario)
    if day.runs:
        say_now("")
        for line in table([queries.summary(run) for run in day.runs]):
            say_now(line)
    if day.refusal:  # to stderr, where every refusal goes
        raise Refused(day.refusal)
    return status


def _attest(options: argparse.Namespace, say: Say) -> None:
    found, user = plan(options.plan), person(options.user)
    run = services.newest_run(found, options.scenario)
    services.attest(found, run, options.word, user, options.note, timezone.now())
    say(f"Noted: {user} says that it is {options.word}.")


def _stop(options: argparse.Namespace, say: Say) -> int:
    """Exit status 2 where a run could not be told, or was waited for and has not ended."""
    live = [item.run for item in queries.live_runs()]
    if not (options.is_all or options.run):
        raise Refused("Nothing was stopped: name a run, or --all.", "run")
    runs = live if options.is_all else [run_named(options.run, is_live=True)]
    if not runs:
        say("Nothing is live.")
        return 0
    say = at_once(say)
    stopped = services.stop_runs(runs, person(options.user), options.reason, timezone.now())
    for run, why in stopped.failed.items():
        say(f"{run}: {why}")
    if stopped.record_error:
        say(f"{stopped.record_error} The deletes were sent all the same; it goes on being tried.")
    left = _waited_for(runs, options.wait)
    for run in runs:
        say(outcome(queries.summary(run)))
    return 2 if stopped.failed or (left and options.wait) else 0


def _waited_for(runs: list[str], seconds: float) -> set[str]:
    """Those that have not ended by then, or by Ctrl-C: who asks again wants to know how it stands."""
    until, left = time.monotonic() + seconds, _left(runs)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # who started us may have it ignored
    try:
        while left and time.monotonic() < until:
            time.sleep(0.2)
            left = _left(runs)
    except KeyboardInterrupt:
        return left
    finally:
        signal.signal(signal.SIGINT, before)
    return left


def outcome(run: queries.RunSummary) -> str:
    """One sentence: whether anything was injected and is proven gone, and what to do where it is not."""
    if run.is_proven_gone:
        return f"The fault of {run.title} is proven gone." if run.was_requested else "Nothing was injected."
    tried = f"Gameday keeps trying; without a worker, drive it from here: manage.py drive {run.run}"
    if not run.was_requested:
        at = run.state.value
        return f"The run of {run.title} has not ended ({at}); nothing was injected so far. {tried}"
    left = f" (left: {', '.join(run.residue)})" if run.residue else ""
    if run.is_late:
        tried = f"Something came after its end; what is known of it: manage.py run certificate {run.run}"
    return f"NOT proven gone: the fault of {run.title}{left}. {tried}"


def _left(runs: list[str]) -> set[str]:
    return {item.run for item in queries.live_runs()}.intersection(runs)


def _note(options: argparse.Namespace, say: Say) -> None:
    services.add_note(plan(options.plan), options.text, person(options.user), timezone.now())
    say("Noted.")


def _milestone(options: argparse.Namespace, say: Say) -> None:
    found, user = plan(options.plan), person(options.user)
    run = services.newest_run(found, options.scenario)
    services.mark(found, run, options.milestone, user, timezone.now())
    say(f"Marked {options.milestone}.")

"""`manage.py run left | strip | review | certificate`: the clean-up of a run from a terminal."""

from __future__ import annotations

import argparse
import json

from django.utils import timezone

from chaos.domain import codec
from chaos.domain.by_hand import by_hand, in_order
from chaos.domain.certificate import Cleanup
from chaos.domain.errors import Refused
from chaos.services import evidence_queries, glass, live_queries
from chaos.services.certificates import Certificate, certificate
from chaos.services.evidence_queries import RunEvidence
from chaos.services.run_ids import run_named
from gameday.commands import Commands, Say
from gameday.conduct import clean_up
from gameday.people.services import person

RUN = "the run's id, or its first 8 digits"
PROVEN = (Cleanup.CLEAN, Cleanup.GONE, Cleanup.NOTHING)


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    left = verbs.add_parser("left", help="What a stranded run left, with the commands that undo it.")
    left.add_argument("run", help=RUN)
    left.set_defaults(act=_left)
    strip = verbs.add_parser("strip", help="Take a finalizer off an engine, once all else is measured gone.")
    strip.add_argument("run", help=RUN)
    strip.add_argument("--engine", required=True)
    strip.add_argument("--reason", required=True)
    strip.add_argument("--as", dest="user", required=True, metavar="USER")
    strip.set_defaults(act=_strip)
    review = verbs.add_parser("review", help="Review what somebody else did behind broken glass.")
    review.add_argument("number", type=int)
    review.add_argument("--note", required=True)
    review.add_argument("--as", dest="user", required=True, metavar="USER")
    review.set_defaults(act=_review)
    certified = verbs.add_parser("certificate", help="The residue certificate; exit status 2: no proof.")
    certified.add_argument("run", help=RUN)
    certified.add_argument("--json", action="store_true", dest="is_json")
    certified.set_defaults(act=_certificate)


def _found(given: str) -> RunEvidence:
    found = evidence_queries.run_of(run_named(given))
    if found is None:
        raise Refused(f"There is no run {given}.", "run")
    return found


def _left(options: argparse.Namespace, say: Say) -> int:
    """Exit status 2 where something is left, or may be: the run is not over."""
    run = _found(options.run)
    if not run.state.is_final:
        say(_not_over(run))
    for item in in_order(run.left):
        say(f"{item.sentence}{f' (seen {item.at:%H:%M:%S} UTC)' if item.at else ''}")
        for hand in by_hand(item):
            say(f"  {hand.words}")
            if hand.command:
                say(f"    {hand.command}")
    if not run.left:
        say("Nothing is on record as left." if run.state.is_final else _unmeasured(run))
    return 0 if run.state.is_final and not run.left else 2


def _not_over(run: RunEvidence) -> str:
    """How it stands, and by whom it is driven."""
    told = f", told to stop at {run.stop.at:%H:%M:%S} UTC" if run.stop else ""
    at = f"The run {run.run} is not over ({run.state.value}{told})"
    if clean_up.is_undriven(run, timezone.now()):
        return (
            f"{at}, and NOBODY DRIVES IT: nobody undoes its fault, and what is said here is old. Start a "
            f"worker, or drive it from here: manage.py drive {run.run}"
        )
    driver = live_queries.driver_of(run.run)
    return f"{at}. It is driven by {driver}." if driver else f"{at}. It waits for a worker to take it up."


def _unmeasured(run: RunEvidence) -> str:
    """What it means that nothing is on record as left while the run is not over."""
    if not run.was_requested:
        return "No fault was sent so far."
    return (
        "Its fault was sent, and is not measured to be gone. What there is of it in the cluster: `manage.py "
        "residue --by-hand`; to end it, `manage.py run stop`, or `manage.py halt`."
    )


def _strip(options: argparse.Namespace, say: Say) -> None:
    broken = clean_up.strip(_found(options.run).run, options.engine, options.reason, person(options.user))
    say(
        f"The finalizer of {broken.engine} is off. Somebody else has to review this: "
        f"manage.py run review {broken.number} --note WHAT --as WHO"
    )


def _review(options: argparse.Namespace, say: Say) -> None:
    done = clean_up.review(options.number, options.note, person(options.user), timezone.now())
    say(f"Reviewed: {done.engine}, by {done.reviewed_by_name}.")


def _certificate(options: argparse.Namespace, say: Say) -> int:
    run = _found(options.run)
    found = certificate(run, glass.of_run(run.run))
    if options.is_json:
        say(json.dumps(codec.to_plain(found), ensure_ascii=False, indent=2))
    else:
        _say(found, say)
    return 0 if found.verdict in PROVEN else 2


def _say(found: Certificate, say: Say) -> None:
    say(f"{found.title}: {found.verdict.value}. {found.sentence}")
    say(f"  run {found.run} on {found.cluster} ({found.cluster_uid})")
    for item in found.injections:
        say(f"  {item.fault} on {', '.join(item.targets) or 'nothing by name'}: {item.verdict.value}")
        for line in item.lines:
            measured = f"{line.found}, measured {line.at:%H:%M:%S} UTC" if line.at else "NOT MEASURED"
            say(f"    {line.wanted}: {measured}{f', but {line.doubt}' if line.doubt else ''}")
    for one in found.broken:
        review = f"reviewed by {one.reviewed_by_name}" if one.reviewed_at else "NOT REVIEWED"
        say(f"  Glass broken by {one.by_name} for {one.engine}: {one.reason} ({review}, number {one.number})")

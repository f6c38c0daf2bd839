"""`manage.py plan acknowledge | approve | reject | standing`"""

from __future__ import annotations

import argparse

from django.utils import timezone

from gameday.approvals import services
from gameday.commands import Commands, Say
from gameday.people.services import person
from gameday.plans import preview
from gameday.plans.spec import PlanSpec


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    acknowledge = _verb(verbs, "acknowledge", "Say for a party that must be told that it knows.")
    acknowledge.add_argument("--party", required=True)
    acknowledge.set_defaults(act=_acknowledge)
    approve = _verb(verbs, "approve", "Approve exactly the stored plan, after a look at its targets.")
    approve.add_argument("--comment", default="")
    approve.add_argument("--digest", default="", help="What you have seen; refused if the plan differs.")
    approve.set_defaults(act=_approve)
    reject = _verb(verbs, "reject", "Reject the stored plan, so that it is not launched until changed.")
    reject.add_argument("--comment", required=True)
    reject.add_argument("--digest", default="", help="What you have seen; refused if the plan differs.")
    reject.set_defaults(act=_reject)
    standing = verbs.add_parser(
        "standing", help="Show what is missing before a launch; status 1 if anything is."
    )
    standing.add_argument("plan")
    standing.set_defaults(act=_standing)


def _verb(verbs: Commands[argparse.ArgumentParser], name: str, words: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=words)
    parser.add_argument("plan")
    parser.add_argument("--as", dest="user", required=True, metavar="USER")
    return parser


def _acknowledge(options: argparse.Namespace, say: Say) -> None:
    row = services.acknowledge(options.plan, options.party, person(options.user), timezone.now())
    say(f"{row.by_name} acknowledged for {row.party} at {row.at:%Y-%m-%d %H:%M:%S} UTC.")


def _approve(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    lines: list[str] = []

    def look(plan: PlanSpec) -> preview.Shown:
        shown = preview.preview(plan)
        lines.extend(
            line for item in plan.scenarios for line in ("", *preview.in_words(item, shown[item.key]))
        )
        return shown

    row = services.approve(options.plan, user, options.comment, timezone.now(), options.digest, look)
    pods = ", ".join(f"{key} {count}" for key, count in row.ceilings.items() if count) or "none"
    say(f"{row.approver_name} approved {options.plan} {row.digest}")
    for line in lines:
        say(line)
    say("")
    say(f"At most these pods or nodes: {pods}. Good until {row.expires_at:%Y-%m-%d %H:%M} UTC.")


def _reject(options: argparse.Namespace, say: Say) -> None:
    user = person(options.user)
    row = services.reject(options.plan, user, options.comment, timezone.now(), options.digest)
    say(f"{row.approver_name} rejected {options.plan} {row.digest}")


def _standing(options: argparse.Namespace, say: Say) -> int:
    found = services.standing(options.plan, timezone.now())
    for item in found.approvals:
        say(f"Approved by {item.name}, good until {item.expires_at:%Y-%m-%d %H:%M} UTC.")
    for sentence in found.missing:
        say(f"Missing: {sentence}")
    if not found.missing:
        say("Nothing is missing; it may be conducted.")
    return 1 if found.missing else 0

"""`manage.py plan import | export | preview`"""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils import timezone

from chaos.domain.errors import Refused
from gameday.commands import Commands, Say
from gameday.people.services import person
from gameday.plans import preview, services


def register(verbs: Commands[argparse.ArgumentParser]) -> None:
    take = verbs.add_parser("import", help="Store a plan file, as a new plan or as a new version.")
    take.add_argument("file", type=Path)
    take.add_argument("--as", dest="user", required=True, metavar="USER")
    take.set_defaults(act=_import)
    give = verbs.add_parser("export", help="Print a plan as YAML.")
    give.add_argument("plan")
    give.set_defaults(act=_export)
    show = verbs.add_parser("preview", help="Show which pods a launch would hit right now, by name.")
    show.add_argument("plan")
    show.set_defaults(act=_preview)


def _import(options: argparse.Namespace, say: Say) -> None:
    try:
        data = options.file.read_bytes()
    except OSError as error:
        raise Refused(f"{options.file} cannot be read: {error.strerror}.", "file") from error
    imported = services.import_plan(data, str(options.file), person(options.user), timezone.now())
    say(f"{imported.plan.slug} {imported.digest}")
    if not imported.is_changed:
        say(f"Nothing has changed; it is still version {imported.plan.version}.")
    elif imported.voids_approvals:
        say(f"Version {imported.plan.version}. Approvals of earlier versions are void.")
    else:
        kept = " Approvals stand." if imported.digest_before else ""
        say(f"Version {imported.plan.version}.{kept}")


def _export(options: argparse.Namespace, say: Say) -> None:
    say(services.export_plan(options.plan).rstrip("\n"))


def _preview(options: argparse.Namespace, say: Say) -> None:
    plan = services.plan(options.plan)
    spec = plan.compiled()
    say(f"{spec.title} ({spec.slug}, version {plan.version}, digest {spec.digest})")
    say(f"On {spec.cluster} ({spec.environment}), {spec.window}")
    shown = preview.preview(spec)
    for scenario in spec.scenarios:
        say("")
        for line in preview.in_words(scenario, shown[scenario.key]):
            say(line)

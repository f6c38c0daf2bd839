"""`manage.py faults list | page NAME | write-docs | write-manifests`: the catalogue, written out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from chaos.domain.errors import Refused
from chaos.faults import accounts, catalogue, experiments, page
from chaos.faults.rights import FAMILIES

Files = dict[Path, str]
_WRITTEN = "# Written out of chaos/faults by `manage.py faults write-manifests`.\n"


class Command(BaseCommand):
    help = "The catalogue of faults: list it, show a page, or write its pages and Litmus' manifests anew."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(
            dest="verb", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        verbs.add_parser("list", help="Name, risk and title of each fault.")
        verbs.add_parser("page", help="What an approver should know of one.").add_argument("name")
        verbs.add_parser("write-docs", help="Write the pages below templates/docs/faults.")
        verbs.add_parser("write-manifests", help="Write experiments and accounts below deploy/litmus.")

    def handle(self, *args: object, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        match options["verb"]:
            case "list":
                for fault in catalogue.FAULTS.values():
                    proven = "" if fault.is_provable else "  (cannot be proven gone)"
                    self.stdout.write(f"{fault.name:24}{fault.risk_class.value:8}{fault.title}{proven}")
            case "page":
                try:
                    self.stdout.write(page.page(catalogue.find(options["name"])))
                except Refused as error:
                    self.stderr.write(str(error))
                    sys.exit(1)
            case "write-docs":
                self._write(docs(root / "templates" / "docs" / "faults"))
            case "write-manifests":
                self._write(manifests(root / "deploy" / "litmus"))

    def _write(self, files: Files) -> None:
        """What is written for a fault that is no more goes away."""
        for folder in {path.parent for path in files}:
            folder.mkdir(parents=True, exist_ok=True)
            for stale in set(folder.glob("*")) - set(files):
                if stale.name != "README.md":
                    stale.unlink()
        for path, text in files.items():
            path.write_text(text, "utf-8")
        self.stdout.write(f"{len(files)} files written.")


def docs(folder: Path) -> Files:
    pages = {folder / f"{name}.md": page.page(fault) for name, fault in catalogue.FAULTS.items()}
    return {folder / "README.md": page.index(catalogue.FAULTS.values()), **pages}


def manifests(folder: Path) -> Files:
    found = {
        folder / "experiments" / f"{fault.name}.yaml": [
            {**manifest, "metadata": {"namespace": accounts.CHAOS, **manifest["metadata"]}}
        ]
        for fault in catalogue.FAULTS.values()
        if fault.family
        for manifest in [experiments.experiment(fault)]
    }
    found |= {
        folder / "accounts" / f"{name}.yaml": list(accounts.manifests(family))
        for name, family in FAMILIES.items()
    }
    of_ours = {
        accounts.OURS: accounts.of_gameday(),
        accounts.PLANNER: accounts.of_planner(),
        accounts.WATCHDOG: accounts.of_watchdog(),
    }
    found |= {folder / "accounts" / f"{name}.yaml": list(objects) for name, objects in of_ours.items()}
    return {
        path: _WRITTEN + yaml.safe_dump_all(objects, sort_keys=False, width=100)
        for path, objects in found.items()
    }

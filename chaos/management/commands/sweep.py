"""`manage.py sweep`: what beat does, once and by hand."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from chaos import wiring
from chaos.services import sweep
from chaos.services.beside import sentence


class Command(BaseCommand):
    help = "Ring a driver for every run that nobody drives; remove what belongs to no live run."

    def handle(self, *args: object, **options: Any) -> None:
        for run in sweep.ring_overdue(timezone.now(), wiring.ring):
            self.stdout.write(f"Rang for run {run}.")
        failed = False
        for name, port in wiring.cluster_ports().items():
            try:
                removed = sweep.sweep_cluster(name, port, timezone.now()).removed
            except Exception as error:  # whatever it is, the other clusters are swept
                failed = True
                self.stderr.write(f"{name}: {sentence(error)}")
                continue
            self.stdout.write(f"{name}: " + ("; ".join(map(str, removed)) or "nothing to remove"))
        if failed:
            sys.exit(1)

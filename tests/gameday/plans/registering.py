"""Registering a cluster by the command, against one that answers whatever a test likes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from chaos import wiring
from chaos.ports import Preflight
from tests.gameday.cast import gather

HAS = ("pod-delete", "node-drain", "of-somebody-else")


class Answering:
    """A cluster that says who it is, and what it lacks."""

    def __init__(
        self, uid: str = "uid-1", missing: str = "", there: tuple[str, ...] = HAS, lacks: str = ""
    ) -> None:
        self._uid, self._missing, self.there, self._lacks = uid, missing, there, lacks
        self.asked: list[str] = []

    def identity(self) -> str:
        return self._uid

    def experiments(self) -> tuple[dict[str, Any], ...]:
        return tuple({"metadata": {"name": name}} for name in self.there)

    def preflight(self, experiments: list[str], images: Any) -> tuple[Preflight, ...]:
        self.asked, self.images = experiments, images
        return (Preflight("operator", not self._missing, self._missing or "It runs."),)

    def rights(self, experiments: list[str], namespaces: list[str]) -> tuple[Preflight, ...]:
        where = ", ".join(namespaces) or "everywhere"
        return (Preflight(f"pods in {where}", not self._lacks, self._lacks or "It may."),)


@pytest.fixture
def add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    gather()
    token = tmp_path / "token"
    token.write_text("secret")

    def run(
        *more: str,
        uid: str = "uid-1",
        by: str = "ada",
        environment: str = "rehearsal",
        token_file: bool = True,
    ) -> None:
        given = ["--token-file", str(token)] if token_file else []
        monkeypatch.setattr(wiring, "cluster_at", lambda name, **columns: Answering(uid))
        call_command(
            "cluster", "add", "home", "--server", "http://127.0.0.1:26443/", *given,
            "--prometheus", "http://127.0.0.1:29090", "--environment", environment, "--as", by, *more,
        )  # fmt: skip

    return run

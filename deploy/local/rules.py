"""Prometheus' configuration for a practice stack, made from the templates beside the rehearsal cluster."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from . import ports
from .paths import ROOT
from .say import Trouble

if TYPE_CHECKING:
    from .stack import Stack

TEMPLATES = ROOT / "deploy" / "rehearsal" / "prometheus"


def write(folder: Path, stack: Stack) -> Path:
    """Write prometheus.yml and the rules beside it into `folder`; returns its path.

    In `*.tmpl` files, `${rehearsal}` (host:port), `${token_file}` and `${folder}` are filled in.
    """
    known = {
        "rehearsal": f"127.0.0.1:{ports.REHEARSAL.number()}",
        "token_file": str(stack.token_file),
        "folder": str(folder),
    }
    for source in sorted(TEMPLATES.iterdir()):
        text = source.read_text()
        if source.suffix == ".tmpl":
            (folder / source.stem).write_text(Template(text).safe_substitute(known))
        elif source.is_file():
            (folder / source.name).write_text(text)
    configuration = folder / "prometheus.yml"
    if not configuration.exists():
        raise Trouble(f"{TEMPLATES}/prometheus.yml.tmpl is missing: this clone is not whole. Clone it again.")
    return configuration

"""The chaos namespace as `deploy/litmus` ships it: accounts, experiments, and where these are let in."""

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from chaos.faults.accounts import CHAOS, in_target
from chaos.faults.rights import FAMILIES
from deploy.local.paths import ROOT

SHIPPED = ROOT / "deploy" / "litmus"


def manifests(targets: Iterable[str]) -> Iterator[dict[str, Any]]:
    """All of it, in the order in which it can be created; `targets` are namespaces that are there already."""
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": CHAOS}}
    for folder in ("accounts", "experiments"):
        for file in sorted((SHIPPED / folder).glob("*.yaml")):
            yield from filter(None, yaml.safe_load_all(file.read_text(encoding="utf-8")))
    for target in targets:
        for family in FAMILIES.values():
            yield from in_target(family, target)

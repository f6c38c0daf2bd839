"""Litmus' three CustomResourceDefinitions, in our own words (see the YAML files beside this one)."""

from functools import cache
from pathlib import Path

import yaml

from deploy.rehearsal.store import CUSTOM_RESOURCE_DEFINITIONS, Object, Store, clone

_HERE = Path(__file__).parent


def definitions() -> list[Object]:
    """The three CRDs as objects."""
    return [clone(crd) for crd in _read()]


@cache
def _read() -> list[Object]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(_HERE.glob("*.yaml"))]


def install(store: Store) -> None:
    """Create the CRDs that are not there yet; in process their kinds can be used at once."""
    for crd in definitions():
        if store.find(CUSTOM_RESOURCE_DEFINITIONS, crd["metadata"]["name"]) is None:
            store.create(CUSTOM_RESOURCE_DEFINITIONS, crd)

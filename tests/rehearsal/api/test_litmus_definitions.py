"""Our CRDs against the operator's own files, wherever those are at hand."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.rehearsal.api.crds import definitions

_ROOT = Path(__file__).resolve().parents[3]
_THEIRS = Path(os.environ.get("GAMEDAY_LITMUS_CRDS") or _ROOT.parent / "shared" / "data" / "litmus-crds")
_WIDER = ".spec.experiments[].spec.probe[].cmdProbe/inputs.source.volumes"
_COMPARED = (
    "type",
    "enum",
    "required",
    "pattern",
    "format",
    "minLength",
    "minProperties",
    "oneOf",
    "anyOf",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-int-or-string",
)


def _shape(schema: dict[str, Any], path: str = "") -> dict[str, dict[str, Any]]:
    """Every path of a schema with what it demands there; descriptions and the like left out."""
    here = {key: schema[key] for key in _COMPARED if key in schema}
    if "required" in here:
        here["required"] = sorted(here["required"])
    shape = {path: here}
    if schema.get("type") == "string":
        return shape  # the operator's files give some strings properties, which means nothing
    for name, part in (schema.get("properties") or {}).items():
        shape |= _shape(part, f"{path}.{name}")
    if "items" in schema:
        shape |= _shape(schema["items"], f"{path}[]")
    if isinstance(schema.get("additionalProperties"), dict):
        shape |= _shape(schema["additionalProperties"], f"{path}.*")
    return shape


def _comparable(crd: dict[str, Any]) -> dict[str, Any]:
    spec = crd["spec"]
    version = spec["versions"][0]
    shape = _shape(version["schema"]["openAPIV3Schema"])
    return {
        "names": spec["names"],
        "group": spec["group"],
        "scope": spec["scope"],
        "version": version["name"],
        "subresources": version["subresources"],
        "shape": {path: here for path, here in shape.items() if not path.startswith(_WIDER)},
    }


@pytest.mark.parametrize("ours", definitions(), ids=lambda crd: crd["metadata"]["name"])
def test_our_definitions_have_the_shape_of_the_operators(ours: dict[str, Any]):
    if not _THEIRS.is_dir():
        pytest.skip(
            f"the operator's CRD files are not in {_THEIRS} (set GAMEDAY_LITMUS_CRDS to their folder)"
        )
    theirs = [yaml.safe_load(path.read_text()) for path in _THEIRS.glob("*.yaml")]
    match = next(crd for crd in theirs if crd["metadata"]["name"] == ours["metadata"]["name"])
    assert _comparable(ours) == _comparable(match)


def test_the_three_litmus_kinds_are_defined():
    assert {crd["spec"]["names"]["kind"] for crd in definitions()} == {
        "ChaosEngine",
        "ChaosExperiment",
        "ChaosResult",
    }

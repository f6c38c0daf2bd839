"""Every image in every manifest that we ship names its version; what Litmus runs is on the usual list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chaos.domain.images import USUAL_IMAGES, read, why_not

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SCHEMAS = DEPLOY / "rehearsal" / "api" / "crds"
FILES = sorted(
    path
    for path in (*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.yml"))
    if SCHEMAS not in path.parents and "{{" not in path.read_text("utf-8")
)


def images(part: Any) -> Iterator[str]:
    """Values of `image`, and of settings whose name ends in IMAGE, wherever they stand."""
    if isinstance(part, list):
        for item in part:
            yield from images(item)
    if isinstance(part, dict):
        if isinstance(part.get("image"), str):
            yield part["image"]
        if str(part.get("name", "")).endswith("IMAGE") and "value" in part:
            yield str(part["value"])
        for item in part.values():
            yield from images(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_images_of_a_manifest_are_pinned(path: Path) -> None:
    found = [image for part in yaml.safe_load_all(path.read_text("utf-8")) for image in images(part)]
    assert [image for image in found if not read(image).is_pinned] == []
    if path.parent == DEPLOY / "litmus" / "experiments":
        assert len(found) == 2
        assert [image for image in found if why_not(image, USUAL_IMAGES)] == []


def test_the_experiments_are_among_the_manifests_looked_at() -> None:
    assert sum(path.parent.name == "experiments" for path in FILES) >= 20

"""The practice cluster is no part of the product, and the product no part of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]


def _imported(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield path, node.module


@pytest.mark.parametrize(
    ("folder", "strangers"),
    [
        ("deploy/rehearsal", ("django", "chaos", "gameday", "celery", "redis")),
        ("chaos", ("deploy.rehearsal",)),
        ("gameday", ("deploy.rehearsal",)),
    ],
)
def test_neither_imports_the_other(folder: str, strangers: tuple[str, ...]):
    found = [
        f"{path.relative_to(_ROOT)} imports {module}"
        for path, module in _imported(_ROOT / folder)
        if any(module == one or module.startswith(f"{one}.") for one in strangers)
    ]
    assert found == []


def test_the_store_knows_nothing_of_http():
    assert {
        module for _, module in _imported(_ROOT / "deploy/rehearsal/store") if module.startswith("deploy")
    } <= {
        "deploy.rehearsal.store",
        *(f"deploy.rehearsal.store.{path.stem}" for path in (_ROOT / "deploy/rehearsal/store").glob("*.py")),
    }

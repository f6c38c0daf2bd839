"""Our own source, as the architecture tests read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("chaos", "gameday")


def python_files(*folders: str) -> list[Path]:
    """Every Python file below the folders, migrations and vendored code left out."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if not {"migrations", "vendor"} & set(path.parts))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, absolute names only, as dotted names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

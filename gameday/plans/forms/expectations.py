"""Expectations as rows: the document has a key for each kind of them, the form a select."""

from __future__ import annotations

from typing import Any

from gameday.plans.forms.shape import Rows

HOLDS = "holds"


class Expectations(Rows):
    KINDS = (
        (HOLDS, "Holds all through"),
        ("recovers_within", "Is back within"),
        ("happens_within", "Happens within"),
    )

    def of(self, value: Any) -> list[dict[str, Any]]:
        return [self._row(item) for item in value]

    def into(self, rows: list[dict[str, Any]]) -> Any:
        return [self._item(row) for row in rows]

    def _row(self, item: dict[str, Any]) -> dict[str, Any]:
        kind = next((kind for kind, _ in self.KINDS if kind in item), HOLDS)
        said = item.get(kind)
        below = said if isinstance(said, dict) else {"is": said}
        return {"probe": item.get("probe", ""), "kind": kind, **below}

    def _item(self, row: dict[str, Any]) -> dict[str, Any]:
        kind = row.get("kind", HOLDS)
        item = {"probe": row["probe"]} if "probe" in row else {}
        said = {key: row[key] for key in ("is", "within") if key in row}
        if kind != HOLDS:
            return {**item, kind: said}
        return {**item, kind: said["is"]} if "is" in said else item

"""Server-side tables: the columns `kubectl get` prints."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.rehearsal.api.columns import COLUMNS, PLAIN
from deploy.rehearsal.api.http import Request
from deploy.rehearsal.store import Kind, Object


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `wide` ones show with -o wide only."""

    name: str
    cell: Callable[[Object], Any]
    wide: bool = False


def wants_table(request: Request) -> bool:
    return "as=Table" in request.headers.get("accept", "").partition(",")[0]


def maybe_table(kind: Kind, request: Request, objects: list[Object], plain: Object) -> Object:
    """A Table of the objects where the client prefers one, else the plain answer."""
    if not wants_table(request):
        return plain
    full = request.one("includeObject") == "Object"
    return table(kind, objects, plain.get("metadata") or {}, full=full)


def table(kind: Kind, objects: list[Object], meta: Object, *, full: bool) -> Object:
    columns = [Column("Name", _name), *(Column(*one) for one in COLUMNS.get(kind, PLAIN))]
    listed = {key: meta[key] for key in ("resourceVersion", "continue", "remainingItemCount") if key in meta}
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": listed,
        "columnDefinitions": [_definition(column) for column in columns],
        "rows": [
            {"cells": [column.cell(obj) for column in columns], "object": obj if full else _partial(obj)}
            for obj in objects
        ],
    }


def _definition(column: Column) -> Object:
    form = "name" if column.name == "Name" else ""
    return {
        "name": column.name,
        "type": "string",
        "format": form,
        "description": "",
        "priority": int(column.wide),
    }


def _partial(obj: Object) -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _name(obj: Object) -> str:
    return str(obj["metadata"]["name"])

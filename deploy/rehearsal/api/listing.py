"""Lists, whole or page by page."""

import base64
import json

from deploy.rehearsal.api.http import Answer, Request
from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.api.tables import maybe_table
from deploy.rehearsal.store import Object, Store
from deploy.rehearsal.store.errors import bad_request
from deploy.rehearsal.store.objects import name_of, namespace_of


def list_answer(store: Store, target: Target, request: Request) -> Answer:
    """A page begins after the key in its `continue` token; later pages show the objects of their time."""
    labels, fields = request.one("labelSelector"), request.one("fieldSelector")
    namespace = target.namespace
    found = list(store.view(target.kind, namespace, labels=labels, fields=fields))
    version = str(store.version)
    if token := request.one("continue"):
        version, after = _read(token)
        store.shelf.since(target.kind, int(version))  # raises 410 once that version is forgotten
        found = [obj for obj in found if _key(obj) > after]
    limit = request.number("limit") or 0
    page = found[:limit] if limit > 0 else found
    meta: Object = {"resourceVersion": version}
    if len(page) < len(found):
        meta["continue"] = _write(version, _key(page[-1]))
        if not labels and not fields:
            meta["remainingItemCount"] = len(found) - len(page)
    kind = target.kind
    body = {"kind": kind.list_kind, "apiVersion": kind.api_version, "metadata": meta, "items": page}
    return Answer(maybe_table(kind, request, page, body))


def _key(obj: Object) -> tuple[str, str]:
    return namespace_of(obj), name_of(obj)


def _write(version: str, key: tuple[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps([version, *key]).encode()).decode()


def _read(token: str) -> tuple[str, tuple[str, str]]:
    try:
        version, namespace, name = json.loads(base64.urlsafe_b64decode(token))
        int(version)
    except ValueError:
        raise bad_request("continue key is not valid") from None
    return version, (namespace, name)

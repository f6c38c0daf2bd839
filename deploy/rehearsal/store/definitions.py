"""What happens when a CustomResourceDefinition comes, changes or goes."""

import time
from typing import TYPE_CHECKING

from deploy.rehearsal.store.kinds import CUSTOM_RESOURCE_DEFINITIONS, Kind
from deploy.rehearsal.store.objects import Object, dig, is_going, name_of, timestamp
from deploy.rehearsal.store.schemas import Schema
from deploy.rehearsal.store.shelf import Change

if TYPE_CHECKING:
    from deploy.rehearsal.store.store import Store

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"


class Definitions:
    """Registers the kind and schema of every CRD in the store and keeps the CRD's own status."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self.established: dict[Kind, float] = {}
        """When each custom kind was established (time.monotonic): the API serves it only a while later."""
        store.subscribe(self._on_change)

    def _on_change(self, change: Change) -> None:
        if change.kind.custom and change.type == "DELETED":
            self._finish(change.kind)
        elif change.kind == CUSTOM_RESOURCE_DEFINITIONS:
            if change.type == "DELETED":
                self._withdraw(kind_of(change.object))
            elif is_going(change.object):
                self._empty(kind_of(change.object))
            else:
                self._establish(change.object)

    def _establish(self, crd: Object) -> None:
        kind = kind_of(crd)
        schema = dig(_stored_version(crd), "schema", "openAPIV3Schema")
        self._store.kinds[kind.group, kind.plural] = kind
        self._store.schemas[kind] = Schema(schema or {})
        self.established.setdefault(kind, time.monotonic())
        if not dig(crd, "status", "conditions"):
            self._store.update(
                CUSTOM_RESOURCE_DEFINITIONS,
                {"metadata": {"name": name_of(crd)}, "status": self._status(crd, kind)},
                subresource="status",
            )

    def _status(self, crd: Object, kind: Kind) -> Object:
        since = timestamp(self._store.now())
        return {
            "conditions": [
                {
                    "type": "NamesAccepted",
                    "status": "True",
                    "reason": "NoConflicts",
                    "message": "no conflicts found",
                    "lastTransitionTime": since,
                },
                {
                    "type": "Established",
                    "status": "True",
                    "reason": "InitialNamesAccepted",
                    "message": "the initial names have been accepted",
                    "lastTransitionTime": since,
                },
            ],
            "acceptedNames": crd["spec"]["names"],
            "storedVersions": [kind.version],
        }

    def _empty(self, kind: Kind) -> None:
        self._store.delete_all(kind)
        self._finish(kind)

    def _finish(self, kind: Kind) -> None:
        """Let a dying CRD go once the last of its objects has gone."""
        crd = self._store.find(CUSTOM_RESOURCE_DEFINITIONS, kind.resource)
        if crd is None or not is_going(crd) or any(True for _ in self._store.view(kind)):
            return
        crd["metadata"]["finalizers"] = [
            one for one in crd["metadata"].get("finalizers") or [] if one != CLEANUP
        ]
        self._store.update(CUSTOM_RESOURCE_DEFINITIONS, crd)

    def _withdraw(self, kind: Kind) -> None:
        self._store.kinds.pop((kind.group, kind.plural), None)
        self._store.schemas.pop(kind, None)
        self.established.pop(kind, None)
        self._store.shelf.drop_kind(kind)


def _stored_version(crd: Object) -> Object:
    versions: list[Object] = crd["spec"]["versions"]
    return next((one for one in versions if one.get("storage")), versions[0])


def kind_of(crd: Object) -> Kind:
    """The kind a CRD defines, in its stored version."""
    spec, version = crd["spec"], _stored_version(crd)
    names = spec["names"]
    subresources = version.get("subresources") or {}
    return Kind(
        spec["group"],
        version["name"],
        names["plural"],
        names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        status="status" in subresources,
        custom=True,
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        singular=names.get("singular") or names["kind"].lower(),
    )

"""Writing statuses, as every controller does."""

from deploy.rehearsal.store import Kind, Object, Store
from deploy.rehearsal.store.objects import name_of, namespace_of


def set_status(store: Store, kind: Kind, obj: Object, status: Object) -> None:
    """Merge into the object's status; None takes a field away.

    Controllers say the same thing ten times a second: what is already there is noticed before the store
    copies anything.
    """
    held = store.shelf.find(kind, (namespace_of(obj), name_of(obj)))
    known = (held or {}).get("status") or {}
    if held is None or any(known.get(field) != value for field, value in status.items()):
        store.patch(kind, name_of(obj), {"status": status}, namespace_of(obj), subresource="status")

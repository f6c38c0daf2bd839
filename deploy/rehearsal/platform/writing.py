"""Writing statuses, as every controller does."""

from deploy.rehearsal.store import Cluster, Kind, Object
from deploy.rehearsal.store.objects import name_of, namespace_of


def set_status(store: Cluster, kind: Kind, obj: Object, status: Object) -> None:
    """Merge into the object's status; None takes a field away.

    Controllers say the same thing ten times a second: what is already there is noticed before
    anything is copied or sent.
    """
    held = store.held(kind, name_of(obj), namespace_of(obj))
    known = (held or {}).get("status") or {}
    if held is None or any(known.get(field) != value for field, value in status.items()):
        store.patch(kind, name_of(obj), {"status": status}, namespace_of(obj), subresource="status")

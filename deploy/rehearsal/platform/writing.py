"""Writing statuses, as every controller does."""

from deploy.rehearsal.store import Kind, Object, Store
from deploy.rehearsal.store.objects import name_of, namespace_of


def set_status(store: Store, kind: Kind, obj: Object, status: Object) -> None:
    """Merge into the object's status. Writing what is already there changes nothing."""
    store.patch(kind, name_of(obj), {"status": status}, namespace_of(obj), subresource="status")

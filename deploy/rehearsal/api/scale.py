"""The scale subresource: replicas of a workload, apart from the rest of it."""

from deploy.rehearsal.api.http import Answer, Request
from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.store import Object, Store
from deploy.rehearsal.store.objects import dig
from deploy.rehearsal.store.patches import merge_patch
from deploy.rehearsal.store.writes import Write


def scale(store: Store, target: Target, request: Request, how: Write) -> Answer:
    """GET, PUT and (merge) PATCH of a Scale."""
    owner = store.get(target.kind, target.name, target.namespace)
    if target.verb != "get":
        given = request.object()
        wanted = merge_patch(_view(owner), given) if target.verb == "patch" else given
        replicas = int(dig(wanted, "spec", "replicas") or 0)
        patch = {"metadata": {"resourceVersion": dig(wanted, "metadata", "resourceVersion")}}
        owner = store.patch(
            target.kind,
            target.name,
            merge_patch(patch, {"spec": {"replicas": replicas}}),
            target.namespace,
            how=how,
        )
    return Answer(_view(owner))


def _view(owner: Object) -> Object:
    meta = owner["metadata"]
    labels = dig(owner, "spec", "selector", "matchLabels") or {}
    kept = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {field: meta[field] for field in kept if field in meta},
        "spec": {"replicas": dig(owner, "spec", "replicas")},
        "status": {
            "replicas": dig(owner, "status", "replicas") or 0,
            "selector": ",".join(f"{key}={value}" for key, value in sorted(labels.items())),
        },
    }

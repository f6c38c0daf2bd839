"""The rehearsal cluster's memory: Kubernetes objects, held in one process, with Kubernetes' rules.

One event loop, one thread, no locks: every call below is synchronous, takes no noticeable time and is
atomic. Objects are plain dicts in wire form (`{"metadata": {...}, "spec": {...}}`; `Object` is the alias).
What you pass in is copied and what you get back is a copy, so change it freely; only objects inside a
`Change` and those of `view()` are the store's own: read, never write them.

Kinds are frozen `Kind` constants: PODS, NODES, NAMESPACES, SERVICES, CONFIG_MAPS, SECRETS, EVENTS,
SERVICE_ACCOUNTS, DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS, DAEMON_SETS, JOBS, BUDGETS (PodDisruptionBudget),
LEASES, ROLES, ROLE_BINDINGS, CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, CUSTOM_RESOURCE_DEFINITIONS,
NETWORK_POLICIES, CHAOS_ENGINES, CHAOS_EXPERIMENTS, CHAOS_RESULTS. `kind.api_version` and `kind.kind` give
what belongs in an object; both are filled in on create. The three Litmus kinds can be used once their CRDs
are created (`deploy.rehearsal.api.crds.install(store)`).

    store = Store()                                       # Store(now=..., history=...) for tests
    store.create(PODS, {"metadata": {"name": "a", "namespace": "payments"}, "spec": {...}}) -> Object
        # generateName, uid, defaults; a status is dropped where the kind has a status subresource,
        # unless keep_status=True. The namespace must exist.
    store.get(PODS, "a", "payments") -> Object            # raises ApiError 404
    store.find(PODS, "a", "payments") -> Object | None
    store.list(PODS, "payments", labels="app=x,tier in (a,b)", fields="spec.nodeName=n1") -> list[Object]
        # namespace "" (the default) = all; ordered by namespace and name
    store.view(PODS, "payments") -> Iterator[Object]      # the same without copying: read only
    store.update(PODS, obj) -> Object                     # 409 if obj's resourceVersion is not the latest
    store.update(PODS, obj, subresource="status")         # takes over the status and nothing else
    store.patch(PODS, "a", {"spec": {...}}, "payments", subresource="") -> Object      # a merge patch;
        # type=PatchType.JSON or PatchType.STRATEGIC for the others
    store.delete(PODS, "a", "payments", uid=None, resource_version=None, grace=None, propagation=None)
        -> Deletion(object, gone)
    store.delete_all(PODS, "payments", labels="...")      # deletecollection
    store.log_append(namespace, pod, text); store.log_of(namespace, pod) -> str        # what pods/log answers

Errors are `ApiError` (code, reason, message, details; `.body()` is the Status object), the same over the
wire and in process: 404 NotFound, 409 AlreadyExists or Conflict, 422 Invalid, 400 BadRequest, 403 Forbidden.

**Pods end in two steps.** Deleting a pod that is bound to a node and has a grace above 0 only sets
deletionTimestamp (now + grace) and deletionGracePeriodSeconds: the pod stays, as MODIFIED, until its kubelet
stand-in says `store.delete(PODS, name, namespace, uid=uid, grace=0)`. Nobody else removes it.

**Changes.** `store.subscribe(callback, kind=None) -> unsubscribe` calls back with each `Change(type, kind,
object, old, version)` (type ADDED, MODIFIED or DELETED) right after the write, in order; writes made inside
a callback are told after the current one. An exception in a callback is logged and goes no further.
`async for change in store.changes(PODS): ...` is the same as an iterator. An update that changes nothing
makes no change and no new resourceVersion.

**Background.** `Collector(store).run()` (owner garbage, namespace contents, about a second later) and
`Disruption(store)` (PodDisruptionBudget status; kept current on every pod change) are part of a cluster:
`deploy.rehearsal.api.Server` starts both. Tests may call `Collector.sweep()` themselves.
"""

from deploy.rehearsal.store.collector import Collector
from deploy.rehearsal.store.disruption import Disruption
from deploy.rehearsal.store.errors import ApiError
from deploy.rehearsal.store.kinds import (
    AUTOSCALERS,
    BUDGETS,
    CHAOS_ENGINES,
    CHAOS_EXPERIMENTS,
    CHAOS_RESULTS,
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    CONFIG_MAPS,
    CUSTOM_RESOURCE_DEFINITIONS,
    DAEMON_SETS,
    DEPLOYMENTS,
    EVENTS,
    JOBS,
    LEASES,
    NAMESPACES,
    NETWORK_POLICIES,
    NODES,
    PODS,
    REPLICA_SETS,
    ROLE_BINDINGS,
    ROLES,
    SECRETS,
    SERVICE_ACCOUNTS,
    SERVICES,
    STATEFUL_SETS,
    Kind,
)
from deploy.rehearsal.store.objects import Object, clone
from deploy.rehearsal.store.patches import PatchType
from deploy.rehearsal.store.port import Cluster, Deletion
from deploy.rehearsal.store.shelf import Change
from deploy.rehearsal.store.store import Store

__all__ = [
    "AUTOSCALERS",
    "BUDGETS",
    "CHAOS_ENGINES",
    "CHAOS_EXPERIMENTS",
    "CHAOS_RESULTS",
    "CLUSTER_ROLES",
    "CLUSTER_ROLE_BINDINGS",
    "CONFIG_MAPS",
    "CUSTOM_RESOURCE_DEFINITIONS",
    "DAEMON_SETS",
    "DEPLOYMENTS",
    "EVENTS",
    "JOBS",
    "LEASES",
    "NAMESPACES",
    "NETWORK_POLICIES",
    "NODES",
    "PODS",
    "REPLICA_SETS",
    "ROLES",
    "ROLE_BINDINGS",
    "SECRETS",
    "SERVICES",
    "SERVICE_ACCOUNTS",
    "STATEFUL_SETS",
    "ApiError",
    "Change",
    "Cluster",
    "Collector",
    "Deletion",
    "Disruption",
    "Kind",
    "Object",
    "PatchType",
    "Store",
    "clone",
]

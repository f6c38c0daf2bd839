"""The rights that experiments need, one family for each set of faults that need the same.

Litmus offers one account that may do everything; we ship one for each family, so that an administrator
grants no more than the faults he wants. They are written out to deploy/litmus and to the faults' pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """Verbs on resources of one API group; the core group is empty."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]

    @property
    def rule(self) -> dict[str, list[str]]:
        """As RBAC writes it."""
        return {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}

    def __str__(self) -> str:
        group = f" ({self.group})" if self.group else ""
        return f"{', '.join(self.verbs)} {', '.join(self.resources)}{group}"


@dataclass(frozen=True, slots=True)
class Family:
    """An account for experiments and what it may do, besides what every experiment needs.

    `target` in the namespaces whose pods are touched, `cluster` everywhere, `chaos` in the chaos namespace.
    `ours_target` and `ours_cluster` are Gameday's own, to see that the fault is gone, and to undo it where
    Litmus did not.
    """

    name: str
    what: str
    target: tuple[Right, ...] = ()
    cluster: tuple[Right, ...] = ()
    chaos: tuple[Right, ...] = ()
    ours_target: tuple[Right, ...] = ()
    ours_cluster: tuple[Right, ...] = ()
    has_helpers: bool = False
    """Whether its experiments start pods of their own, whose image is a setting (LIB_IMAGE)."""


def _right(group: str, resources: str, verbs: str) -> Right:
    return Right(group, tuple(resources.split()), tuple(verbs.split()))


EVERY: tuple[Right, ...] = (
    _right("", "pods", "create get list patch update delete deletecollection"),
    _right("", "pods/log", "get list watch"),
    _right("", "events", "create get list patch update"),
    _right("batch", "jobs", "create get list delete deletecollection"),
    _right("litmuschaos.io", "chaosengines", "get list patch update"),
    _right("litmuschaos.io", "chaosexperiments", "get list"),
    _right("litmuschaos.io", "chaosresults", "create get list patch update"),
)
"""In the chaos namespace: where Litmus' runner, the experiments and their helpers live."""

_LOOK = (
    _right("", "pods", "get list"),
    _right("apps", "deployments statefulsets replicasets daemonsets", "get list"),
)
_DELETE = (_right("", "pods", "get list delete"), _LOOK[1])
_NODES = _right("", "nodes", "get list")
_SEE = (_right("", "pods", "get list"),)
"""In the whole cluster for faults on nodes: what runs on one is looked at before anything is done to it."""
_REPLACE = (_right("", "pods", "get list delete"),)
_RESTORE = (_right("", "nodes", "get list patch"),)

GAMEDAY: tuple[Right, ...] = (
    _right("litmuschaos.io", "chaosengines", "create get list delete"),
    _right("litmuschaos.io", "chaosresults", "get list delete"),
    _right("litmuschaos.io", "chaosexperiments", "get list"),
    _right("batch", "jobs", "list delete"),
    _right("", "pods", "list delete"),
    _right("coordination.k8s.io", "leases", "create get list patch delete"),
    _right("", "configmaps", "create get delete"),
    _right("", "serviceaccounts", "get"),
)
"""Gameday's own in the chaos namespace, whatever the faults: without one of them nothing is launched."""

GAMEDAY_EVERYWHERE: tuple[Right, ...] = (
    _right("", "namespaces", "get"),
    _NODES,
    _right("rbac.authorization.k8s.io", "roles rolebindings clusterroles clusterrolebindings", "get"),
)
"""Gameday's own in the whole cluster: to tell clusters apart by their kube-system namespace, to choose pods
of one zone, and to compare the accounts that are there with those that we ship."""

PODS = Family("pods", "deletes pods of the target's namespace", _DELETE, ours_target=_SEE)
HELPERS = Family(
    "helpers",
    "puts a fault into pods by a privileged helper beside them",
    _LOOK,
    ours_target=_REPLACE,
    has_helpers=True,
)
DISK = Family(
    "disk",
    "fills disks by a privileged helper, and deletes a pod that was evicted for it",
    _DELETE,
    ours_target=_REPLACE,
    has_helpers=True,
)
POLICIES = Family(
    "policies",
    "makes and removes NetworkPolicies in the target's namespace",
    (*_LOOK, _right("networking.k8s.io", "networkpolicies", "create get list delete")),
    ours_target=(*_SEE, _right("networking.k8s.io", "networkpolicies", "list delete")),
    ours_cluster=(_right("networking.k8s.io", "networkpolicies", "list"),),
)
SCALE = Family(
    "scale",
    "changes the number of replicas of Deployments and StatefulSets in the target's namespace",
    (*_LOOK, _right("apps", "deployments statefulsets", "get list patch update")),
    ours_target=(
        *_SEE,
        _right("apps", "deployments statefulsets", "get list patch"),
        _right("autoscaling", "horizontalpodautoscalers", "list"),
    ),
)
DRAIN = Family(
    "drain",
    "cordons and drains nodes, evicting their pods",
    cluster=(
        _right("", "nodes", "get list patch"),
        _right("", "pods", "get list"),
        _right("", "pods/eviction", "create"),
        _right("apps", "daemonsets", "get list"),
    ),
    ours_cluster=(*_RESTORE, *_SEE),
)
TAINT = Family(
    "taint",
    "taints nodes",
    cluster=(_right("", "nodes", "get list patch update"), _right("", "pods", "get list")),
    ours_cluster=(*_RESTORE, *_SEE),
)
NODE_STRESS = Family(
    "node-stress",
    "keeps nodes busy by a pod on them",
    cluster=(_NODES,),
    ours_cluster=(_NODES, *_SEE),
    has_helpers=True,
)
NODE_SERVICES = Family(
    "node-services",
    "stops services of nodes, or restarts them",
    cluster=(_NODES,),
    chaos=(_right("", "secrets", "get"),),
    ours_cluster=(_NODES, *_SEE),
    has_helpers=True,
)

FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (PODS, HELPERS, DISK, POLICIES, SCALE, DRAIN, TAINT, NODE_STRESS, NODE_SERVICES)
}

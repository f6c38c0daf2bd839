"""The rights that experiments need, one family for each set of faults that need the same.

Litmus offers one account that may do everything; we ship one for each family, so that an administrator
grants no more than the faults he wants. They are written out to deploy/litmus and to the faults' pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Right:
    """Verbs on resources of one API group; the core group is empty. With `name`, on that one object alone."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    name: str = ""

    @property
    def rule(self) -> dict[str, list[str]]:
        """As RBAC writes it."""
        rule = {"apiGroups": [self.group], "resources": list(self.resources), "verbs": list(self.verbs)}
        return {**rule, "resourceNames": [self.name]} if self.name else rule

    def __str__(self) -> str:
        group = f" ({self.group})" if self.group else ""
        named = f" {self.name}" if self.name else ""
        return f"{', '.join(self.verbs)} {', '.join(self.resources)}{named}{group}"


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


def right(group: str, resources: str, verbs: str, name: str = "") -> Right:
    return Right(group, tuple(resources.split()), tuple(verbs.split()), name)


EVERY: tuple[Right, ...] = (
    right("", "pods", "get list"),
    right("", "events", "create get update"),
    right("batch", "jobs", "create"),
    right("litmuschaos.io", "chaosengines", "get update"),
    right("litmuschaos.io", "chaosexperiments", "get"),
    right("litmuschaos.io", "chaosresults", "create get update"),
)
"""In the chaos namespace: where Litmus' runner, the experiments and their helpers live."""

_STRESSORS = (right("", "pods", "create deletecollection"),)
"""There, too: an experiment takes its pods away, found by their label, when it has run to its end."""
_HELPERS = (*_STRESSORS, right("litmuschaos.io", "chaosresults", "patch"))
"""Pods that run as the same account, and write into the result how far they are."""
_SEE = (right("", "pods", "get list"),)
_ABOARD = (right("", "pods", "list"),)
"""In the whole cluster for faults on nodes: what runs on one is looked at before anything is done to it."""
_REPLACE = (right("", "pods", "get list delete"),)
_RESTORE = (right("", "nodes", "get patch"),)

PODS = Family(
    "pods",
    "deletes pods of the target's namespace",
    (right("", "pods", "get list delete"), right("apps", "replicasets", "get")),
    ours_target=_SEE,
)
HELPERS = Family(
    "helpers",
    "puts a fault into pods by a privileged helper beside them",
    (right("", "pods", "get"),),
    chaos=_HELPERS,
    ours_target=_REPLACE,
    has_helpers=True,
)
DISK = Family(
    "disk",
    "fills disks by a privileged helper, and deletes a pod that was evicted for it",
    (right("", "pods", "get delete"),),
    chaos=_HELPERS,
    ours_target=_REPLACE,
    has_helpers=True,
)
POLICIES = Family(
    "policies",
    "makes and removes NetworkPolicies in the target's namespace",
    (right("", "pods", "list"), right("networking.k8s.io", "networkpolicies", "create list delete")),
    ours_target=(*_SEE, right("networking.k8s.io", "networkpolicies", "delete")),
    ours_cluster=(right("networking.k8s.io", "networkpolicies", "list"),),
)
SCALE = Family(
    "scale",
    "changes the number of replicas of Deployments and StatefulSets in the target's namespace",
    (right("apps", "deployments statefulsets", "get list update"),),
    ours_target=(
        *_SEE,
        right("apps", "deployments statefulsets", "get list patch"),
        right("autoscaling", "horizontalpodautoscalers", "list"),
    ),
)
DRAIN = Family(
    "drain",
    "cordons and drains nodes, evicting their pods",
    cluster=(
        right("", "nodes", "get patch"),
        right("", "pods", "get list"),
        right("", "pods/eviction", "create"),
        right("apps", "daemonsets", "get"),
    ),
    ours_cluster=(*_RESTORE, *_ABOARD),
)
TAINT = Family(
    "taint",
    "taints nodes",
    cluster=(right("", "nodes", "get update"),),
    ours_cluster=(*_RESTORE, *_ABOARD),
)
NODE_STRESS = Family(
    "node-stress",
    "keeps nodes busy by a pod on them",
    cluster=(right("", "nodes", "get"),),
    chaos=_STRESSORS,
    ours_cluster=(right("", "nodes", "get"), *_ABOARD),
    has_helpers=True,
)
NODE_SERVICES = Family(
    "node-services",
    "stops services of nodes, or restarts them",
    cluster=(right("", "nodes", "get"),),
    chaos=(right("", "pods", "create delete"), right("", "secrets", "get", "id-rsa")),
    ours_cluster=(right("", "nodes", "get"), *_ABOARD),
    has_helpers=True,
)

FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (PODS, HELPERS, DISK, POLICIES, SCALE, DRAIN, TAINT, NODE_STRESS, NODE_SERVICES)
}

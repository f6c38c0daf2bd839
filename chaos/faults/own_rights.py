"""What Gameday itself may do, whatever the faults: one role to look, one to launch, one to stop and clear
up, one to release a halt, and one to break the glass with.

Its own account has all five. An account that has the first alone can plan and preview; one that has the
third alone, such as a watchdog's, can end every fault, begin none, and let nobody else begin one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chaos.faults.rights import Right, right

GRANT, LEVER = "gameday-grant", "gameday-halt"
"""The Lease that is a run's grant, and the ConfigMap that is the halt lever, both in the chaos namespace."""
_LITMUS, _RBAC = "litmuschaos.io", "rbac.authorization.k8s.io"


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A role of Gameday's own. `purpose` completes "without which it cannot …"."""

    name: str
    purpose: str
    here: tuple[Right, ...]
    """In the chaos namespace."""
    everywhere: tuple[Right, ...] = ()


READER = OwnRole(
    "gameday-reader",
    "see what is there",
    here=(
        right(_LITMUS, "chaosengines", "list"),
        right(_LITMUS, "chaosresults", "get list"),
        right(_LITMUS, "chaosexperiments", "get list"),
        right("batch", "jobs", "list"),
        right("", "pods", "list"),
        right("coordination.k8s.io", "leases", "list"),
        right("coordination.k8s.io", "leases", "get", GRANT),
        right("", "configmaps", "get", LEVER),
        right("", "serviceaccounts", "get"),
        right("", "events", "list"),
    ),
    everywhere=(
        right("", "namespaces", "get"),
        right("", "nodes", "list"),
        right(_RBAC, "roles rolebindings clusterroles clusterrolebindings", "get"),
    ),
)
"""`everywhere`: to tell clusters apart by their kube-system namespace, to see that a namespace of targets was
deleted (which takes along what was granted in it), to choose targets of one zone, and to compare the accounts
that are there with those that we ship. Events: in them the watchdog leaves word of what it did."""

INJECTOR = OwnRole(
    "gameday-injector",
    "launch anything",
    here=(
        right(_LITMUS, "chaosengines", "create get"),
        right("coordination.k8s.io", "leases", "create"),
        right("coordination.k8s.io", "leases", "patch", GRANT),
    ),
)
"""Beside the reader's. Whoever may create a ChaosEngine may do what the accounts of the experiments may."""

REVERTER = OwnRole(
    "gameday-reverter",
    "stop and clear up",
    here=(
        right(_LITMUS, "chaosengines", "list delete"),
        right(_LITMUS, "chaosresults", "list delete"),
        right("batch", "jobs", "list delete"),
        right("", "pods", "list delete"),
        right("coordination.k8s.io", "leases", "list"),
        right("coordination.k8s.io", "leases", "get delete", GRANT),
        right("", "configmaps", "create"),
        right("", "configmaps", "get", LEVER),
    ),
)
"""Enough by itself to find what is ours, to end it, to see it gone, and to pull the halt lever."""

RELEASER = OwnRole(
    "gameday-releaser",
    "release a halt",
    here=(right("", "configmaps", "delete", LEVER),),
)
"""A role of its own, since to end a halt is not to end a fault: a token that stops everything, such as a
watchdog's or the one in the safe, must not be able to let everything start again."""

BREAKER = OwnRole(
    "gameday-breaker",
    "take a finalizer off an engine whose fault is measured to be gone",
    here=(right(_LITMUS, "chaosengines", "patch"),),
)
"""A role of its own, since whoever may patch an engine may also start it again: no account that is to end
faults alone, such as a watchdog's, has it. Gameday patches nothing of an engine but its finalizers."""

GAMEDAY: tuple[OwnRole, ...] = (READER, INJECTOR, REVERTER, RELEASER, BREAKER)
"""Without one of the rights in the chaos namespace nothing is launched."""

TELLER = OwnRole(
    "gameday-teller",
    "leave word of what it did",
    here=(right("", "events", "create"),),
)
"""A watchdog's, beside the reverter's: what ended a fault is then told by `kubectl get events`."""

UNDO_TARGET: Mapping[str, tuple[Right, ...]] = {
    "helpers": (right("", "pods", "get delete"),),
    "disk": (right("", "pods", "get delete"),),
    "policies": (right("networking.k8s.io", "networkpolicies", "list delete"),),
    "scale": (right("apps", "deployments statefulsets", "get patch"),),
}
"""By family, what setting back takes in the namespaces that are touched, where Litmus did not do it."""
UNDO_CLUSTER: Mapping[str, tuple[Right, ...]] = {
    "drain": (right("", "nodes", "get patch"),),
    "taint": (right("", "nodes", "get patch"),),
}
"""The same everywhere. A family in neither of the two leaves nothing that outlives its pods."""

PREVIEW: tuple[Right, ...] = (
    right("", "pods", "list"),
    right("apps", "deployments statefulsets", "list"),
    right("autoscaling", "horizontalpodautoscalers", "list"),
)
"""What naming targets takes in their namespace; for faults on nodes in all namespaces, since whatever runs
on a node is looked at first."""

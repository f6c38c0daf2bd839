"""What was seen: readings of probes and sights of the cluster. Every one knows when it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer of one probe: a value, or unknown with the reason. Never both, never NaN.

    `asked_at` is when the question went out, `at` when the answer (or the failure) was in.
    """

    probe: str
    asked_at: datetime
    at: datetime
    value: float | None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """One series of `ALERTS`. `state` is `pending` or `firing`; `labels` without name and state."""

    name: str
    state: str
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.name + "".join(f",{key}={value}" for key, value in sorted(self.labels.items()))


@dataclass(frozen=True, slots=True)
class AlertsReading:
    """All alerts pending or firing at `at`; `alerts` is None when Prometheus could not be asked."""

    asked_at: datetime
    at: datetime
    alerts: tuple[Alert, ...] | None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod as the API server had it. `is_leaving` when it has a deletionTimestamp; `restarts` of all its
    containers; `is_bare` when no controller would replace it; `is_of_node` when it is of a DaemonSet or its
    node's kubelet runs it by itself: it comes and goes with that node, and nothing moves it. `workload` is
    its controller in words ("deployment api"), of a ReplicaSet's pod the Deployment; empty without one."""

    namespace: str
    name: str
    uid: str
    node: str
    is_ready: bool
    is_leaving: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    restarts: int = 0
    is_bare: bool = False
    is_of_node: bool = False
    workload: str = ""

    @property
    def path(self) -> str:
        return f"{self.namespace}/{self.name}"


ZONE = "topology.kubernetes.io/zone"
"""The label that says in which zone a node is."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node as the API server had it. `taints` are `key=value:Effect`, in the node's order."""

    name: str
    uid: str
    zone: str
    is_ready: bool
    is_schedulable: bool
    taints: tuple[str, ...] = ()
    is_control_plane: bool = False
    pressures: tuple[str, ...] = ()
    """What its kubelet runs short of: `MemoryPressure`, `DiskPressure`, `PIDPressure`."""
    hostname: str = ""
    """Its label kubernetes.io/hostname, by which pods are kept to it; empty when it has none."""

    @property
    def takes_any_pod(self) -> bool:
        """Whether an ordinary pod would be started on it."""
        keeps_off = any(taint.endswith((":NoSchedule", ":NoExecute")) for taint in self.taints)
        return self.is_ready and self.is_schedulable and not keeps_off


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace that was asked for by name. `uid` is empty where the API server said that there is none;
    `is_leaving` when it has a deletionTimestamp: what is in it goes, and is not gone yet."""

    name: str
    uid: str = ""
    is_leaving: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment or StatefulSet (`kind` in small letters) and how many replicas it is to have."""

    kind: str
    namespace: str
    name: str
    uid: str
    replicas: int
    scaled_by: str = ""
    """The HorizontalPodAutoscaler that sets the number by itself; known where targets are named."""

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"


class ResidueKind(StrEnum):
    GRANT = "Lease"
    ENGINE = "ChaosEngine"
    RESULT = "ChaosResult"
    JOB = "Job"
    POD = "Pod"
    POLICY = "NetworkPolicy"


@dataclass(frozen=True, slots=True)
class Residue:
    """An object in the cluster that is labelled ours, or belongs to an engine of ours by its chaosUID.

    `detail` says what holds it, in words ("Terminating since 12 s, finalizer …").
    """

    kind: ResidueKind
    namespace: str
    name: str
    uid: str
    run: str = ""
    installation: str = ""
    detail: str = ""
    finalizers: tuple[str, ...] = ()
    """Of an object that is on its way out: what keeps it."""
    short: str = ""
    """The first eight digits of its run's id, where its name is all that says whose it is."""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.namespace}/{self.name}" + (
            f" ({self.detail})" if self.detail else ""
        )


@dataclass(frozen=True, slots=True)
class EngineSeen:
    """A ChaosEngine of the run. `status` is status.engineStatus, `verdict` of its first experiment."""

    name: str
    uid: str
    state: str = ""
    status: str = ""
    verdict: str = ""
    is_leaving: bool = False


@dataclass(frozen=True, slots=True)
class EnginePod:
    """A pod that Litmus made for an engine, and on which node: its runner, its experiment or a helper."""

    engine: str
    name: str
    node: str
    is_running: bool = False


@dataclass(frozen=True, slots=True)
class ResultSeen:
    """A ChaosResult, by name; `targets` maps `kind/name` to Litmus' chaosStatus. Litmus is not believed."""

    name: str
    engine: str
    phase: str = ""
    verdict: str = ""
    error: str = ""
    targets: Mapping[str, str] = field(default_factory=dict)

    @property
    def ran_to_its_end(self) -> bool:
        """Whether the experiment ended by itself, and was neither aborted nor killed."""
        return self.phase == "Completed"


@dataclass(frozen=True, slots=True)
class ClusterSight:
    """One look at the cluster for one run, or the reason why there was none (`unseen`).

    `began_at` and `at` bracket the look: what it shows was true at some instant between them.
    """

    began_at: datetime
    at: datetime
    pods: tuple[Pod, ...] = ()
    engines: tuple[EngineSeen, ...] = ()
    results: tuple[ResultSeen, ...] = ()
    residue: tuple[Residue, ...] = ()
    has_grant: bool = False
    lever_reason: str = ""
    """Why the halt lever beside the grant is down; empty when it is up."""
    unseen: str = ""
    nodes: tuple[Node, ...] = ()
    workloads: tuple[Workload, ...] = ()
    engine_pods: tuple[EnginePod, ...] = ()
    """Of the engines that were seen; what an engine left behind is among the residue only."""
    namespaces: tuple[Namespace, ...] = ()
    """Those of targets of which too few were ready, as far as we may look; asked for after the pods were."""

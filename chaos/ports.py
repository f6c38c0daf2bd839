"""What the services need from the world. Adapters implement these; the simulator does too.

Every call has a deadline of its own. Errors: `Refused` (a person must act), `Transient` (try again; the
call may have taken effect), `Forbidden` (a verb is missing), `Permanent`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left
from chaos.domain.record import Change, Event, RunRecord, Signals
from chaos.domain.run import Stop
from chaos.domain.sight import AlertsReading, ClusterSight, Node, Pod, Reading, Residue, Workload
from chaos.domain.spec import ProbeSpec


@dataclass(frozen=True, slots=True)
class RunRef:
    """Whose objects: goes into labels and names. `installation` tells two Gamedays on a cluster apart."""

    run: str
    installation: str
    scenario: str

    @property
    def short(self) -> str:
        return self.run.replace("-", "")[:8]


@dataclass(frozen=True, slots=True)
class Preflight:
    """One thing checked before a start: `is_met`, and a sentence that says what is so, or what to do."""

    what: str
    is_met: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was told to go, and in sentences what did not go through. `is_over`: nothing of ours was seen any
    more, and nothing was as a fault left it; else it takes another try, once what is leaving has left."""

    told: tuple[Residue, ...]
    failures: tuple[str, ...] = ()
    is_over: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What the watchdog in a cluster left word of, and nothing is decided by: whoever may leave Events there
    could have. `at` is by its clock; `run` and `installation` are whose grant it ended, empty without one."""

    uid: str
    at: datetime
    reason: str
    text: str
    run: str = ""
    installation: str = ""


class Cluster(Protocol):
    """A Kubernetes cluster with Litmus. Acts are idempotent: create-only, named, 409 of our own is done."""

    def identity(self) -> str:
        """The UID of the kube-system namespace."""

    def namespace_uid(self, name: str) -> str:
        """Empty where there is none of this name, or we may not look."""

    def version(self) -> str:
        """What the API server calls itself: the cheapest question there is."""

    def rights(self, experiments: Sequence[str], namespaces: Sequence[str]) -> tuple[Preflight, ...]:
        """Whether we may see these faults gone, and undo them, in these namespaces (none: anywhere)."""

    def preflight(self, experiments: Sequence[str], images: Sequence[str]) -> tuple[Preflight, ...]:
        """CRDs, experiments, operator, rights and service accounts that a start needs; `images` is the list
        of those that the experiments may run."""

    def experiments(self) -> tuple[Mapping[str, Any], ...]:
        """The ChaosExperiments of the chaos namespace, as read."""

    def install_experiment(self, manifest: Mapping[str, Any]) -> None:
        """Create this ChaosExperiment in the chaos namespace, or make the one that is there be this."""

    def accounts(self, manifests: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any] | None, ...]:
        """What the cluster has under the names of these service accounts, roles and bindings."""

    def bindings(self) -> tuple[Mapping[str, Any], ...]:
        """Every RoleBinding and ClusterRoleBinding of the cluster. Raises Forbidden where they may not be
        listed."""

    def install_account(self, manifest: Mapping[str, Any]) -> None:
        """Create this service account, role or binding, or make the one that is there be this."""

    def pods(self, namespace: str, labels: Mapping[str, str]) -> tuple[Pod, ...]:
        """All pods with all of `labels`, leaving ones included."""

    def pods_on(self, node: str) -> tuple[Pod, ...]:
        """All pods of this node, of whatever namespace, but for those that have ended."""

    def nodes(self, labels: Mapping[str, str]) -> tuple[Node, ...]:
        """All nodes with all of `labels`; every node for none."""

    def workloads(self, namespace: str, kind: str, labels: Mapping[str, str]) -> tuple[Workload, ...]:
        """The workloads of this kind whose own labels these are."""

    def restore_workload(self, pre: Workload) -> None:
        """Set its number of replicas back to what it was. Safe to repeat; one that is gone is left alone."""

    def restore_node(self, pre: Node, taint_keys: Sequence[str], cordons: bool) -> None:
        """Set the node (by name and UID) back to `pre`: its taints of these keys and, where the fault
        `cordons`, schedulable or not.
        A node that is gone or was replaced is left alone."""

    def take_grant(self, ref: RunRef) -> None:
        """Create the Lease of fixed name. Refused when another run or installation holds it."""

    def beat(self, ref: RunRef) -> None:
        """Renew the grant's heartbeat, only if it is ours."""

    def inject(
        self, ref: RunRef, injection: Injection, last_word: Callable[[], None] | None = None
    ) -> Mapping[str, Any]:
        """Create the engine, owned by the grant; give back the manifest as sent. 409 with our uid is done.
        `last_word` is called right before the create is sent, and whatever it raises keeps it from that."""

    def look(self, ref: RunRef, injections: Sequence[Injection]) -> ClusterSight:
        """One look: target pods, engines, results, everything labelled ours for this run. Raises nothing:
        a look that failed is a sight with `unseen` set."""

    def revert(self, ref: RunRef) -> None:
        """Delete the run's engines (UID precondition), and at once, in parallel, its Jobs and Pods by
        chaosUID with grace. Safe to repeat. Raises the first error after having tried everything."""

    def revert_all(self) -> Cleared:
        """As `revert`, for every run and installation, and the grants: what a halt does. Raises nothing:
        what cannot be seen or deleted is said, and what can be is deleted all the same."""

    def results(self, ref: RunRef, injections: Sequence[Injection]) -> tuple[Mapping[str, Any], ...]:
        """Engines and ChaosResults as read back, for the evidence."""

    def clear(self, ref: RunRef) -> None:
        """Delete what is ours and harmless once all faults are gone: ChaosResults, then the grant."""

    def residue(self) -> tuple[Residue, ...]:
        """Everything labelled ours on the cluster, of any run and installation."""

    def remove(self, residue: Sequence[Residue]) -> None:
        """Delete these, with UID preconditions, in parallel, with grace. Safe to repeat."""

    def watchdog_said(self) -> tuple[Told, ...]:
        """What the cluster's watchdog left word of within the last hour or so, in its order."""

    def strip(self, engine: Residue, finalizer: str) -> None:
        """Take this finalizer off an engine of ours, which is on its way out and is then gone.

        Refused for one that is not there, not ours, not leaving, or not held by it. It measures nothing:
        whoever calls it has."""

    def pull_lever(self, reason: str) -> None:
        """Set the halt lever in the cluster (a ConfigMap beside the grant)."""

    def lever_reason(self) -> str:
        """Why the lever is down; "" while it is up. Raises what keeps it from being read."""

    def release_lever(self) -> None:
        """Take the halt lever away."""


class ProbeReader(Protocol):
    """Asks one probe. Raises nothing: whatever goes wrong is an unknown reading with its reason."""

    def read(self, probe: ProbeSpec) -> Reading: ...


class AlertReader(Protocol):
    """Reads the platform's pending and firing alerts. Raises nothing."""

    def read(self) -> AlertsReading: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The current instant, UTC."""


class Store(Protocol):
    """Where runs are kept. A handful of verbs; each raises StoreUnavailable when it cannot be reached."""

    def claim(self, run: str, owner: str, now: datetime) -> int | None:
        """Take or keep the lease; its fence, or None while somebody else holds it (or the run is over)."""

    def renew(self, run: str, fence: int, now: datetime) -> bool:
        """Extend the lease; False when the fence is not ours any more."""

    def release(self, run: str, fence: int) -> None:
        """Give the lease back, so that the next driver need not wait for its end."""

    def load(self, run: str) -> RunRecord:
        """The run as written down, its readings included."""

    def signals(self, run: str) -> Signals:
        """What other processes said: stop, halt, people's words."""

    def rest(self) -> None:
        """The calling thread ends or waits for long: it keeps no connection."""

    def record(self, run: str, fence: int, change: Change) -> bool:
        """Write all of `change`, its journal events too, or nothing; False when the fence is not ours.

        Raises StoreUnavailable also for an injection that is to be asked for while a stop is latched or the
        lever is down: between what its driver has heard and what it intends there is room for a stop.
        """

    def ref(self, run: str) -> RunRef:
        """Whose objects the run's are, also when it is over."""

    def installation(self) -> str:
        """The name of this Gameday in the labels of its objects."""

    def live(self) -> Mapping[str, RunRef]:
        """Every run that is not over, by its id."""

    def overdue(self, now: datetime) -> Sequence[str]:
        """Live runs whose lease is over, or that nobody ever took up."""

    def over(self, runs: Collection[str]) -> Mapping[str, str]:
        """Those of `runs` that are over, each with its id: the first eight digits of one will do, where just
        one begins with them. What is no run of this store is not among them."""

    def late(self, cluster: str) -> Sequence[tuple[str, datetime]]:
        """Runs of this cluster that are over and of which something came after that, and since when; until it
        is noted that nothing is left of it."""

    def note_late(
        self,
        run: str,
        at: datetime,
        left: Sequence[Left],
        events: Sequence[Event],
        progress: Sequence[Progress] = (),
    ) -> None:
        """What is left of a run that is over, and what became of it; nothing left: it is gone."""

    def want_stop(self, runs: Sequence[str], stop: Stop, within: timedelta | None = None) -> int:
        """Latch the intent on those of `runs` that are live; how many were not stopped before. `within` is
        how long to wait for others who hold what is to be written; None leaves that to the store."""


class Senses(Protocol):
    """What a driver sees: probes, alerts, cluster, signals, and the ends of its own acts."""

    def next(self, within: float) -> News | None:
        """The next thing seen, or None after `within` seconds."""

    def watch(self, injections: tuple[Injection, ...]) -> None:
        """Look at these from now on: a ladder adds some with each rung."""

    def act(self, name: str, deed: Callable[[], object]) -> None:
        """Do it beside the driver; its end comes as an `ActDone`."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ActDone:
    """An act's end: `error` is None when the API server accepted everything."""

    name: str
    at: datetime
    result: object = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class StoreLost:
    """The store could not be asked, at this instant."""

    at: datetime


News = Reading | AlertsReading | ClusterSight | Signals | ActDone | StoreLost


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a driver needs of the world."""

    cluster: Cluster
    probes: ProbeReader
    alerts: AlertReader
    store: Store
    clock: Clock

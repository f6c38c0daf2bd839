"""A run that is over, on a quiet cluster where something of it comes after its end."""

from datetime import timedelta

from chaos.domain.injection import Progress
from chaos.domain.record import RunRecord, Signals
from chaos.domain.run import Marks
from chaos.domain.sight import ClusterSight, ResultSeen
from chaos.domain.states import RunState
from tests.support.builders import injections_of
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT
from tests.support.memory_store import MemoryStore

RUN = "0f0e0d0c-0000-4000-8000-000000000000"
MINUTE = timedelta(minutes=1)
LATE = AT + MINUTE


class Bank(QuietCluster):
    """`restored` are the nodes that were set back."""

    restored: tuple[str, ...] = ()

    def restore_node(self, pre, taint_keys, cordons):
        self._say("restore_node")
        self.restored += (pre.name,)


def ended(spec):
    """A run that asked for its fault, never saw it come, and is over since AT."""
    asked = Progress(0, intended_at=AT - MINUTE, requested_at=AT - MINUTE)
    record = RunRecord(
        RUN, "i", spec, spec.digest, RunState.ABORTED, AT, AT, Marks(clean_at=AT), Signals(AT),
        injections_of(spec), (asked,),
    )  # fmt: skip
    return MemoryStore(record, lambda: LATE)


def seen(store, *, at=LATE, said="injected", **what):
    (injection,) = store.record_.injections
    targets = {f"pod/{name}": said for name, _ in injection.postcondition.freed}
    results = (ResultSeen(f"{injection.name}-x", injection.name, targets=targets),) if said else ()
    return ClusterSight(at, at, results=results, **what)


def kinds(store):
    return [event.kind for event in store.log]

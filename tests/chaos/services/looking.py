"""All ports in one, for tests of the senses: every look can be made to hang or to fail."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chaos.domain.injection import Progress
from chaos.domain.record import RunRecord, Signals
from chaos.domain.run import Marks
from chaos.domain.sight import AlertsReading, ClusterSight, Reading
from chaos.domain.states import RunState
from chaos.ports import Ports, RunRef
from tests.support.builders import a_probe, a_spec, injections_of

AT = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
SHORT = timedelta(milliseconds=10)
REF = RunRef("0f0e0d0c-0000-4000-8000-000000000000", "i", "pod-failure")
NAMES = ("quick", "slow")
SPEC = a_spec(probes=tuple(replace(a_probe(name), interval=SHORT) for name in NAMES))
RECORD = RunRecord(
    REF.run, REF.installation, SPEC, SPEC.digest, RunState.PENDING, AT, AT, Marks(), Signals(AT),
    injections_of(a_spec()), (Progress(0),),
)  # fmt: skip


class Everything:
    """All ports in one: what each look gives is in `looks`, and may be a deed that hangs or raises."""

    def __init__(self):
        self.looks = {name: lambda name=name: Reading(name, AT, AT, 1.0) for name in NAMES}
        self.looks |= {
            "alerts": lambda: AlertsReading(AT, AT, ()),
            "cluster": lambda: ClusterSight(AT, AT),
            "signals": lambda: Signals(AT),
            "beat": lambda: None,
        }
        self.counts = dict.fromkeys(self.looks, 0)
        self.rested = 0
        self.hold = threading.Event()
        clock = type("C", (), {"now": staticmethod(lambda: AT)})()
        alerts = type("A", (), {"read": lambda _: self.ask("alerts")})()
        self.ports = Ports(self, self, alerts, self, clock)

    def ask(self, name):
        self.counts[name] += 1
        return self.looks[name]()

    def read(self, probe):
        return self.ask(probe.name)

    def look(self, ref, injections):
        assert (ref, injections) == (REF, RECORD.injections)
        return self.ask("cluster")

    def signals(self, run):
        return self.ask("signals")

    def beat(self, ref):
        return self.ask("beat")

    def rest(self):
        self.rested += 1

    def hang(self):
        self.hold.wait(5)

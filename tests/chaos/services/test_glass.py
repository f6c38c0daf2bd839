"""A finalizer is taken off only when all else is measured gone: by name, on record, reviewed afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from chaos.adapters import litmus_start
from chaos.domain import codec
from chaos.domain.errors import Forbidden, Refused
from chaos.domain.injection import Progress
from chaos.domain.measured import Part
from chaos.domain.record import Change
from chaos.domain.sight import ClusterSight, Reading, Residue, ResidueKind
from chaos.domain.states import RunState
from chaos.journal import ORGANISATION
from chaos.journal.models import JournalEntry
from chaos.models import Run, RunInjection, Strip
from chaos.ports import Ports
from chaos.services import glass
from chaos.services.acts import LATE_CREATE
from chaos.services.glass import Person
from chaos.services.store import DjangoStore
from tests.support.builders import a_latency_spec, pods
from tests.support.launching import AT, STREAM, a_cluster, a_run, an_order, launched

pytestmark = pytest.mark.django_db

FINALIZER = "chaosengine.litmuschaos.io/finalizer"
ADA, ANNA = Person("ada", "Ada Admin"), Person("anna", "Anna Approver")
NOW = AT + timedelta(minutes=10)


@dataclass
class Cluster:
    """What each look shows, the last one from then on; and what is asked of it."""

    sights: list[ClusterSight]
    fails: Exception | None = None
    stripped: list[tuple[str, str]] = field(default_factory=list)

    def look(self, ref: Any, injections: Any) -> ClusterSight:
        return self.sights.pop(0) if len(self.sights) > 1 else self.sights[0]

    def strip(self, engine: Residue, finalizer: str) -> None:
        if self.fails:
            raise self.fails
        self.stripped.append((engine.uid, finalizer))


def stuck(run: str = "") -> str:
    """A run on its way back whose fault was asked for."""
    run = run or a_run(RunState.REVERTING, state_since=AT + timedelta(minutes=5))
    progress = Progress(0, requested_at=AT, injected_at=AT)
    RunInjection.objects.filter(run=run).update(progress=codec.to_plain(progress))
    return run


def engine_of(run: str) -> Residue:
    name = RunInjection.objects.get(run=run).plan["name"]
    return Residue(ResidueKind.ENGINE, "chaos", name, "u-1", run, finalizers=(FINALIZER,))


def seen(run: str, *residue: Residue, **changes: Any) -> Cluster:
    back = tuple(replace(pod, uid=f"new-{pod.uid}") if index < 3 else pod for index, pod in enumerate(pods()))
    values = {"pods": back, "residue": residue or (engine_of(run),)}
    return Cluster([ClusterSight(NOW, NOW, **(values | changes))])


def strip(run: str, cluster: Cluster, value: float | None = 120.0, reason: str = "No operator.") -> Any:
    def read(probe: Any) -> Reading:
        return Reading(probe.name, NOW, NOW, value, "" if value is not None else "no answer")

    clock = SimpleNamespace(now=lambda: NOW)
    ports = Ports(cluster, SimpleNamespace(read=read), None, DjangoStore(clock.now), clock)  # type: ignore[arg-type]
    return glass.strip(run, engine_of(run).name, ADA, reason, ports)


def kinds(stream: str) -> list[str]:
    found = JournalEntry.objects.filter(stream__name=stream, kind__startswith="glass")
    return [*found.order_by("seq").values_list("kind", flat=True)]


def test_with_all_else_measured_gone_it_comes_off_and_stands_on_record_with_what_was_measured():
    run = stuck()
    cluster = seen(run)
    broken = strip(run, cluster)
    assert cluster.stripped == [("u-1", FINALIZER)]
    assert (broken.by, broken.reason, broken.done_at, broken.failure) == ("ada", "No operator.", NOW, "")
    (measured,) = Strip.objects.get().measured
    assert Part.READY.value in [item["part"] for item in measured]
    assert kinds(STREAM) == kinds(ORGANISATION) == ["glass.broken", "glass.done"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"unseen": "no route to host"}, "cannot be seen, so nothing can be measured: no route to host"),
        ({"pods": pods()[:4]}, "4 of 6 pods are ready in payments"),
        ({"residue": ()}, "nothing has to be done"),
    ],
)
def test_it_stays_while_anything_was_not_measured(changes, why):
    run = stuck()
    cluster = seen(run, **changes)
    with pytest.raises(Refused, match=why):
        strip(run, cluster)
    assert not cluster.stripped and not Strip.objects.exists() and not kinds(STREAM)


@pytest.mark.parametrize("kind", [ResidueKind.JOB, ResidueKind.POD, ResidueKind.POLICY, ResidueKind.ENGINE])
def test_it_stays_while_anything_else_of_the_run_is_there(kind):
    run = stuck()
    cluster = seen(run, engine_of(run), Residue(kind, "chaos", "helper-x", "u-2", run))
    with pytest.raises(Refused, match=f"Not yet: {kind.value} chaos/helper-x. The finalizer stays"):
        strip(run, cluster)
    assert not cluster.stripped and not Strip.objects.exists()


@pytest.mark.parametrize("held", [(), (FINALIZER, "bank.example/audit")])
def test_an_engine_is_freed_of_one_finalizer_that_is_all_that_holds_it(held):
    run = stuck()
    cluster = seen(run, replace(engine_of(run), finalizers=held))
    with pytest.raises(Refused, match="only an engine that one finalizer keeps is freed"):
        strip(run, cluster)
    assert not cluster.stripped


@pytest.mark.parametrize(("value", "is_proven"), [(120.0, True), (300.0, False), (None, False)])
def test_a_proof_by_a_probe_takes_an_answer_of_now(value, is_proven):
    """What was read before is on record; the last word has the probe when it is asked in this act."""
    a_cluster()
    run = stuck(launched(order=an_order(spec=a_latency_spec())))
    Run.objects.filter(pk=run).update(state="reverting", state_since=AT)
    store, since = DjangoStore(lambda: NOW), NOW - timedelta(seconds=9)
    fence = store.claim(run, "driver", NOW)
    instants = [since + timedelta(seconds=second) for second in range(9)]
    store.record(run, fence, Change(NOW, readings=tuple(Reading("p99", at, at, 120.0) for at in instants)))
    cluster = seen(run)
    if is_proven:
        strip(run, cluster, value)
    else:
        with pytest.raises(Refused, match="not yet back in its tolerance"):
            strip(run, cluster, value)
    assert bool(cluster.stripped) is is_proven


def test_what_a_helper_did_while_the_first_look_was_read_keeps_it_on():
    """Pods are read before helpers: of one that ended in between, the look has neither it nor its deed."""
    run = stuck()
    cluster = seen(run)
    cluster.sights += seen(run, pods=pods()[:4]).sights
    with pytest.raises(Refused, match="4 of 6 pods are ready in payments"):
        strip(run, cluster)
    assert not cluster.stripped


def test_helpers_that_were_there_at_the_first_look_take_another_act():
    run = stuck()
    cluster = seen(run, engine_of(run), Residue(ResidueKind.POD, "chaos", "helper-x", "u-2", run))
    cluster.sights += seen(run).sights
    with pytest.raises(Refused, match="Not yet: Pod chaos/helper-x"):
        strip(run, cluster)
    strip(run, cluster)
    assert cluster.stripped == [("u-1", FINALIZER)]


LATEST = timedelta(seconds=75)


@pytest.mark.parametrize(
    ("answered_at", "ago", "is_refused"),
    [
        (None, LATEST - timedelta(seconds=1), True),
        (None, LATEST, False),
        (AT, timedelta(seconds=1), False),
    ],
)
def test_while_a_create_without_an_answer_may_land_its_name_is_kept_taken(answered_at, ago, is_refused):
    run = stuck(a_run(RunState.REVERTING, state_since=NOW - ago))
    progress = Progress(0, requested_at=AT, answered_at=answered_at, injected_at=AT)
    RunInjection.objects.filter(run=run).update(progress=codec.to_plain(progress))
    cluster = seen(run)
    if is_refused:
        with pytest.raises(Refused, match=f"{engine_of(run).name} got no answer, and may still land until"):
            strip(run, cluster)
    else:
        strip(run, cluster)
    assert bool(cluster.stripped) is not is_refused


def test_it_is_waited_for_as_long_as_a_driver_may_start_a_fault_and_the_server_may_take():
    assert glass.LANDS_WITHIN == LATE_CREATE + timedelta(seconds=litmus_start.GRANT_HOLDS) == LATEST


def test_a_run_that_is_under_way_is_stopped_first_and_a_reason_is_always_given():
    run = stuck()
    with pytest.raises(Refused, match="Say why"):
        strip(run, seen(run), reason="  ")
    Run.objects.filter(pk=run).update(state="injecting")
    with pytest.raises(Refused, match="still under way"):
        strip(run, seen(run))


def test_an_engine_that_landed_after_the_end_of_its_run_and_is_held_is_freed_too():
    run = stuck()
    Run.objects.filter(pk=run).update(state="completed", state_since=NOW - timedelta(minutes=2))
    cluster = seen(run)
    strip(run, cluster)
    assert cluster.stripped == [("u-1", FINALIZER)]


def test_what_the_cluster_does_not_take_is_on_record_and_waits_for_a_review_too():
    run = stuck()
    cluster = seen(run)
    cluster.fails = Forbidden("Gameday may not patch chaosengines.")
    with pytest.raises(Forbidden):
        strip(run, cluster)
    (broken,) = glass.unreviewed()
    assert broken.done_at is None and broken.failure == "Gameday may not patch chaosengines."
    assert kinds(STREAM) == ["glass.broken", "glass.failed"]


def test_where_it_cannot_be_recorded_nothing_is_done(monkeypatch):
    run = stuck()
    cluster = seen(run)

    def full(*args: object, **how: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("chaos.services.glass.append", full)
    with pytest.raises(OSError, match="No space"):
        strip(run, cluster)
    assert not cluster.stripped


def test_it_is_reviewed_once_by_somebody_else_who_says_what_they_found():
    run = stuck()
    number = strip(run, seen(run)).number
    with pytest.raises(Refused, match="somebody else has to"):
        glass.review(number, ADA, "Fine.", NOW)
    with pytest.raises(Refused, match="an empty review is none"):
        glass.review(number, ANNA, " ", NOW)
    assert [item.number for item in glass.unreviewed()] == [number]
    done = glass.review(number, ANNA, "The operator had been scaled to none.", NOW)
    assert (done.reviewed_by, done.review) == ("anna", "The operator had been scaled to none.")
    assert glass.unreviewed() == ()
    assert kinds(STREAM)[-1] == "glass.reviewed"
    with pytest.raises(Refused, match="Anna Approver reviewed it already"):
        glass.review(number, Person("omar", "Omar"), "Me too.", NOW)
    with pytest.raises(Refused, match="Nothing with the number"):
        glass.review(number + 1, ANNA, "What?", NOW)


def test_the_database_itself_keeps_whoever_did_it_from_reviewing_it():
    run = stuck()
    number = strip(run, seen(run)).number
    with pytest.raises(IntegrityError), transaction.atomic():
        Strip.objects.filter(pk=number).update(reviewed_by="ada")

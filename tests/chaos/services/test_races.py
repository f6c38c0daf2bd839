"""Who meets whom at the same instant, on real threads and a database that many write to at once.

Each meeting is repeated, since either side may come first; what must hold holds whichever did.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from chaos.domain.errors import Refused, StoreUnavailable
from chaos.domain.injection import Progress
from chaos.domain.record import Change, Event
from chaos.domain.run import Stop
from chaos.domain.sight import Residue
from chaos.domain.states import RunState, StopKind
from chaos.journal import spool
from chaos.journal.models import JournalEntry
from chaos.journal.spool import Spooled
from chaos.journal.verify import verify
from chaos.models import Halt, Run
from chaos.services.clusters import installation
from chaos.services.halting import halt
from chaos.services.launch import launch
from chaos.services.releasing import release
from chaos.services.stop_record import want_stop
from chaos.services.store import DjangoStore
from chaos.services.sweep import sweep_cluster
from tests.support.at_once import at_once
from tests.support.cluster_port import QuietCluster, left
from tests.support.launching import AT, a_cluster, a_run, an_order, launched

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
STORE = DjangoStore(lambda: AT)
STOP = Stop(AT, StopKind.PERSON, "Smoke.", "otto")
INTENT = Change(
    AT, progress=(Progress(0, requested_at=AT),), events=(Event("injection.requested", "Asked.", AT),)
)
TIMES = 10


@pytest.fixture(autouse=True)
def on_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL.")


def over():
    """Whatever ran is over, so that the next may begin."""
    Run.objects.update(state=RunState.ABORTED.value)
    Halt.objects.update(released_at=AT)


def seq(run: str, kind: str) -> int:
    return JournalEntry.objects.get(run=run, kind=kind).seq


def test_an_intent_is_written_before_a_stop_or_not_at_all():
    refused = 0
    for _ in range(TIMES):
        run = a_run(RunState.INJECTING)
        fence = STORE.claim(run, "driver", AT)
        deeds = [partial(STORE.record, run, fence, INTENT), partial(want_stop, [run], STOP)]
        written, stopped = at_once(deeds)
        assert stopped == 1
        if written is True:
            assert seq(run, "injection.requested") < seq(run, "run.stop_wanted")
        else:
            assert isinstance(written, StoreUnavailable), written
            assert not JournalEntry.objects.filter(run=run, kind="injection.requested").exists()
            refused += 1
        late = Change(AT, progress=(Progress(0, requested_at=AT),))
        if written is not True:
            with pytest.raises(StoreUnavailable, match="Smoke"):
                STORE.record(run, fence, late)
        over()
    assert refused < TIMES, "the stop always came first: nothing met"


def test_of_stops_of_one_run_one_counts_and_each_is_answered():
    for _ in range(TIMES):
        run = a_run(RunState.INJECTING)
        people = [Stop(AT, StopKind.PERSON, f"Reason {n}.", f"person-{n}") for n in range(5)]
        assert sorted(at_once([partial(want_stop, [run], stop) for stop in people])) == [0, 0, 0, 0, 1]
        row = Run.objects.get(pk=run)
        (said,) = JournalEntry.objects.filter(run=run, kind="run.stop_wanted")
        assert said.actor == row.stopped_by and row.stop_reason in said.text
        over()


def test_a_first_driver_and_a_stop_of_a_run_that_nobody_had_agree_on_whose_it_is():
    for _ in range(TIMES):
        run = a_run()
        fence, stopped = at_once([partial(STORE.claim, run, "driver", AT), partial(want_stop, [run], STOP)])
        row = Run.objects.get(pk=run)
        assert stopped == 1 and row.stop_wanted_at
        if fence is None:
            assert row.state == RunState.ABORTED.value
        else:
            assert (row.state, row.fence) == (RunState.PENDING.value, fence), "its driver ends it"
        over()


def test_of_launches_of_two_plans_on_one_cluster_one_is_a_run():
    a_cluster()
    for _ in range(TIMES):
        deeds = [
            partial(launched, QuietCluster(), an_order(stream=f"plan:{name}"))
            for name in ("payments", "accounts") * 2
        ]
        given = at_once(deeds)
        assert sum(isinstance(item, str) for item in given) == 1, given
        assert sum(isinstance(item, Refused) for item in given) == 3, given
        over()
    assert verify().is_sound


def test_a_launch_that_is_asked_for_twice_is_one_run():
    a_cluster()
    for _ in range(TIMES):
        wanted = uuid.uuid4()
        given = at_once([partial(_launched_as, wanted)] * 3)
        assert sum(item == str(wanted) for item in given) == 1, given
        assert Run.objects.filter(pk=wanted).count() == 1
        over()


def _launched_as(run: uuid.UUID) -> str:
    return launch(an_order(), QuietCluster(), AT, lambda run: None, lambda: "", run)


def test_a_run_that_is_launched_as_everything_is_halted_starts_no_fault():
    a_cluster()
    for turn in range(TIMES):
        now = AT + turn * timedelta(seconds=1)
        run, halted = at_once(
            [partial(launched, QuietCluster()), partial(halt, "ada", f"Smoke {turn}.", {}, now)]
        )
        assert halted.record_error == ""
        if isinstance(run, str):
            fence = STORE.claim(run, "driver", AT)
            if fence is None:  # it was stopped before anybody had it
                assert Run.objects.get(pk=run).state == RunState.ABORTED.value
            else:
                with pytest.raises(StoreUnavailable, match="Nothing starts"):
                    STORE.record(run, fence, INTENT)
        else:
            assert isinstance(run, Refused), run
        over()


def test_a_launch_beside_a_release_is_refused_or_comes_after_it():
    a_cluster()
    for turn in range(TIMES):
        now = AT + turn * timedelta(seconds=1)
        assert halt("ada", f"Smoke {turn}.", {}, now).record_error == ""
        released, *runs = at_once(
            [partial(release, "ada", "Gone.", {}, now), *[partial(launched, QuietCluster())] * 3]
        )
        assert released.on_record == 1
        assert not Halt.objects.filter(released_at=None).exists()
        assert sum(isinstance(item, str) for item in runs) <= 1
        assert all(isinstance(item, str | Refused) for item in runs), runs
        over()


def test_a_halt_beside_a_release_is_either_released_or_holds_and_none_is_in_between():
    a_cluster()
    for turn in range(TIMES):
        now = AT + turn * timedelta(seconds=1)
        halt("ada", f"First {turn}.", {}, now)
        later = now + timedelta(milliseconds=500)
        released, halted = at_once(
            [partial(release, "ada", "Gone.", {}, later), partial(halt, "bert", f"Second {turn}.", {}, later)]
        )
        assert halted.record_error == ""
        held = Halt.objects.filter(released_at=None).count()
        assert (released.on_record, held) in ((1, 1), (2, 0)), "released are those that were there, and all"
        over()
    assert verify().is_sound


def test_what_is_spooled_is_taken_once_by_however_many_also_into_a_journal_that_is_empty():
    for turn in range(TIMES):
        at = AT + turn * timedelta(seconds=1)
        texts = [f"ada halted everything: {turn}, {n}." for n in range(4)]
        for n, text in enumerate(texts):
            spool.keep(Spooled(at + timedelta(milliseconds=n), "halt.pulled", text, "ada", "It was away."))
        given = at_once([partial(spool.ingest, at)] * 3)
        assert sorted(text for one in given for text in one.taken) == texts, given
        assert spool.waiting() == [] and not any(one.aside for one in given)
    assert JournalEntry.objects.filter(kind="halt.pulled").count() == 4 * TIMES
    assert verify().is_sound


class Launching(QuietCluster):
    """A cluster with an engine of a run from the moment on that the run is on record."""

    run: Any = None

    def residue(self) -> tuple[Residue, ...]:
        there = Run.objects.filter(pk=self.run).exists()
        return (left("gd", str(self.run), installation()),) if there else ()


def test_the_sweep_takes_nothing_of_a_run_that_is_launched_meanwhile():
    a_cluster()
    installation()
    for _ in range(TIMES):
        port = Launching()
        port.run = uuid.uuid4()
        launched_run, *swept = at_once(
            [partial(_launched_as, port.run), *[partial(sweep_cluster, "practice", port, AT)] * 3]
        )
        assert launched_run == str(port.run)
        assert [one.removed for one in swept] == [()] * 3
        over()
        assert [item.run for item in sweep_cluster("practice", port, AT).removed] == [str(port.run)]
        port.run = None


def test_drivers_that_come_at_once_and_again_leave_each_write_to_the_one_with_the_newest_fence():
    run = a_run(RunState.INJECTING)
    fences = []
    for turn in range(TIMES):
        now = AT + turn * timedelta(minutes=1)
        given = at_once([partial(STORE.claim, run, f"driver-{turn}-{n}", now) for n in range(4)])
        (fence,) = [item for item in given if item is not None]
        fences.append(fence)
        changes = [Change(now, events=(Event("note", f"by {each}", now),)) for each in fences]
        written = at_once(
            [partial(STORE.record, run, each, change) for each, change in zip(fences, changes, strict=True)]
        )
        assert written == [False] * turn + [True]
    said = JournalEntry.objects.filter(kind="note").order_by("seq").values_list("text", flat=True)
    assert list(said) == [f"by {fence}" for fence in fences]


def test_a_halt_that_is_sent_twice_is_one_on_record_also_in_a_journal_that_is_empty():
    for turn in range(TIMES):
        now = AT + turn * timedelta(seconds=1)
        given = at_once([partial(halt, "ada", "Smoke.", {}, now)] * 3)
        assert [one.record_error for one in given] == [""] * 3
        assert Halt.objects.filter(released_at=None).count() == 1
        assert JournalEntry.objects.filter(kind="halt.pulled", at=now).count() == 1
        over()

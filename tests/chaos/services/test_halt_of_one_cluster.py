"""The lever of one cluster: it holds that one and no other, and is released by its name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain.errors import Refused
from chaos.domain.states import RunState
from chaos.models import Halt, Run
from chaos.services import halting, queries, rows
from chaos.services.halting import halt
from chaos.services.launch import launch
from chaos.services.releasing import release
from tests.chaos.services.troubles import said
from tests.support.cluster_port import QuietCluster, left
from tests.support.launching import AT, a_cluster, a_run, an_order

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=5)


@pytest.fixture
def ports():
    a_cluster()
    a_cluster("second", "uid-of-second")
    return {"practice": QuietCluster(), "second": QuietCluster(uid="uid-of-second")}


def start(ports, name: str) -> str:
    order = an_order(cluster=name, approved_uid=ports[name].uid)
    return launch(order, ports[name], AT, lambda run: None, lambda: "")


def halt_second(ports, by: str = "ada", at=AT):
    return halt(by, "Its disks", {"second": ports["second"]}, at, cluster="second")


def test_it_clears_and_holds_that_cluster_and_stops_its_runs_alone(ports):
    mine, theirs = a_run(RunState.INJECTING, "second"), a_run(RunState.INJECTING)
    ports["second"].residues = (left("gd-1-0"),)
    assert halt_second(ports).failed == {}
    assert ports["second"].lever and not ports["practice"].lever
    assert ports["second"].removed == [left("gd-1-0")]
    assert Run.objects.get(pk=mine).stop_kind == "halt"
    assert Run.objects.get(pk=theirs).stop_wanted_at is None
    assert said("halt.pulled") == ["ada halted second: Its disks"]


def test_nothing_starts_there_from_then_on_and_elsewhere_it_does(ports):
    halt_second(ports)
    with pytest.raises(Refused, match=r"second is halted: Its disks \(by ada\)"):
        start(ports, "second")
    assert start(ports, "practice")


def test_a_run_that_waits_for_its_baseline_is_told_at_once(ports):
    run = a_run(RunState.BASELINING, "second")
    halt_second(ports)
    assert Run.objects.get(pk=run).stop_wanted_at == AT
    assert rows.lever_of(Run.objects.get(pk=run).cluster_id) == "Its disks (by ada)"


def test_it_is_released_by_its_name_and_everything_else_stays_as_it_is(ports):
    halt("ada", "A real incident", ports, AT)
    release("ada", "Over.", ports, LATER)
    halt_second(ports, at=LATER)
    assert release("ada", "New disks.", ports, LATER, "second").on_record == 1
    assert queries.halts() == [] and ports["second"].lever == ""
    assert said("halt.released")[-1] == "ada released the halt of second: New disks."
    assert start(ports, "second")


def test_what_is_held_by_itself_too_stays_held_when_everything_is_released(ports):
    halt_second(ports)
    halt("otto", "A real incident", ports, AT)
    assert release("ada", "Over.", ports, LATER).on_record == 1
    assert ports["practice"].lever == "" and ports["second"].lever
    assert [held.cluster for held in queries.halts()] == ["second"]
    with pytest.raises(Refused, match="second is halted"):
        start(ports, "second")


def test_while_everything_is_halted_one_cluster_is_not_let_go_alone(ports):
    halt("otto", "A real incident", ports, AT)
    halt_second(ports)
    with pytest.raises(Refused, match="Everything is halted, and second with it"):
        release("ada", "New disks.", ports, LATER, "second")
    assert ports["second"].lever and Halt.objects.filter(released_at=None).count() == 2


def test_a_cluster_that_nobody_knows_is_not_released(ports):
    with pytest.raises(Refused, match="There is no cluster 'third'; there are: practice, second"):
        release("ada", "Over.", ports, LATER, "third")


@pytest.mark.parametrize(("held", "concerned"), [("", True), ("second", True), ("practice", False)])
def test_what_is_tried_beside_the_answer_ends_when_its_own_halt_is_released(ports, held, concerned):
    halt("ada", "Now", {held: ports[held]} if held else ports, AT, cluster=held)
    release("ada", "Over.", ports, LATER, held)
    assert halting._was_released(AT, "second") is concerned


def test_where_it_takes_two_the_first_asks_and_another_releases(ports):
    halt_second(ports)
    one = release("ada", "New disks.", ports, LATER, "second", takes_two=True)
    assert one.waits and ports["second"].lever
    again = release("ada", "Come on.", ports, LATER, "second", takes_two=True)
    assert again.waits, "twice the same person is one person"
    two = release("omar", "I looked too.", ports, LATER, "second", takes_two=True)
    assert (two.waits, two.on_record, ports["second"].lever) == (False, 1, "")
    assert said("halt.release_asked")[0] == (
        "ada asks for somebody else to release the halt of second too: New disks."
    )


@pytest.mark.parametrize("case", ["too long ago", "halted again since", "released since", "for another"])
def test_the_first_persons_word_is_for_this_halt_and_this_hour(ports, case):
    halt_second(ports)
    release("ada", "New disks.", ports, LATER, "" if case == "for another" else "second", takes_two=True)
    now = LATER + timedelta(minutes=1)
    if case == "too long ago":
        now = LATER + timedelta(minutes=61)
    elif case == "halted again since":
        halt_second(ports, "otto", now)
    elif case == "released since":
        release("omar", "Fine.", ports, now, "second", takes_two=True)
        halt_second(ports, "otto", now)
    assert release("omar", "Fine.", ports, now + timedelta(seconds=1), "second", takes_two=True).waits
    assert ports["second"].lever

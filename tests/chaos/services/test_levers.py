"""The clusters' own levers: what only a cluster holds is told, and what a halt on record holds is pulled."""

from concurrent.futures import Future
from datetime import timedelta

import pytest

from chaos import tasks, wiring
from chaos.domain.errors import Forbidden
from chaos.models import Contact, Halt
from chaos.services import contact, levers, queries
from chaos.services.queries import IN_THE_CLUSTER, Held
from chaos.services.releasing import release
from tests.chaos.services.test_late_halts import pull
from tests.support.cluster_port import QuietCluster
from tests.support.launching import AT, a_cluster

LATER = AT + timedelta(seconds=30)
ANSWERS = contact.Preflight("cluster", True, "It answers.")


@pytest.fixture
def ports(port):
    """Of two registered clusters, both of which were in contact."""
    a_cluster("second", "uid-of-second")
    for name in ("practice", "second"):
        contact.note(name, [(contact.CLUSTER, ANSWERS), (contact.PROMETHEUS, ANSWERS)], AT)
    return {"practice": port, "second": QuietCluster()}


def test_what_a_cluster_alone_holds_is_told_since_when_it_was_first_seen(ports):
    ports["second"].lever = "Smoke (by root)"
    levers.look(ports, AT)
    levers.look(ports, LATER)
    assert queries.halts() == [Held(AT, IN_THE_CLUSTER, "Smoke (by root)", "second")]
    assert {*ports["practice"].said} == {"lever_reason"}, "what nobody halted is not touched"


def test_a_lever_that_is_up_again_holds_nothing_and_pulled_anew_it_holds_since_then(ports):
    for at, reason in ((AT, "Smoke"), (AT, ""), (LATER, "Fire")):
        ports["second"].lever = reason
        levers.look(ports, at)
        assert [(item.reason, item.at) for item in queries.halts()] == ([(reason, at)] if reason else [])


@pytest.mark.parametrize("where", ["", "second"])
def test_what_is_held_on_record_is_told_once(ports, where):
    ports["second"].lever = "Smoke (by ada)"
    row = contact.ClusterRow.objects.get(name=where) if where else None
    Halt.objects.create(cluster=row, at=AT, by="ada", reason="Smoke")
    levers.look(ports, AT)
    assert [item.by for item in queries.halts()] == ["ada"]


def test_a_cluster_that_cannot_say_keeps_its_last_answer_and_holds_up_no_other(ports):
    ports["practice"].lever = "Smoke"
    levers.look(ports, AT)
    ports["practice"].fail["lever_reason"] = Forbidden("Not allowed.")
    ports["second"].lever = "Fire"
    levers.look(ports, LATER)
    assert [item.reason for item in queries.halts()] == ["Smoke", "Fire"]


@pytest.mark.parametrize("where", ["", "second"])
def test_a_lever_that_is_up_while_a_halt_on_record_holds_the_cluster_is_pulled(ports, where):
    row = contact.ClusterRow.objects.get(name=where) if where else None
    Halt.objects.create(cluster=row, at=AT, by="ada", reason="Smoke")
    levers.look(ports, AT)
    assert ports["second"].lever == "Smoke (by ada)"
    assert ports["practice"].lever == ("" if where else "Smoke (by ada)")


def test_one_that_cannot_be_pulled_keeps_no_other_from_it(ports):
    Halt.objects.create(at=AT, by="ada", reason="Smoke")
    ports["practice"].fail["pull_lever"] = Forbidden("Not allowed.")
    levers.look(ports, AT)
    assert (ports["practice"].lever, ports["second"].lever) == ("", "Smoke (by ada)")
    del ports["practice"].fail["pull_lever"]
    levers.look(ports, LATER)
    assert ports["practice"].lever


@pytest.mark.parametrize("theirs", ["", "Fire (by root)"], ids=["nobody else", "and pulled by somebody"])
def test_released_while_it_is_pulled_only_what_was_pulled_here_is_taken_off(port, theirs):
    contact.note("practice", [(contact.CLUSTER, ANSWERS)], AT)
    Halt.objects.create(at=AT, by="ada", reason="Smoke")

    def pulled(reason):
        """The cluster keeps its first reason."""
        release("fiona", "Over.", {}, AT)
        port.lever = theirs or reason

    port.pull_lever = pulled
    levers.look({"practice": port}, AT)
    assert port.lever == theirs
    assert [item.reason for item in queries.halts()] == ([theirs] if theirs else [])


def test_released_after_it_was_looked_at_it_is_not_told_again(ports, monkeypatch):
    ports["second"].lever = "Smoke"

    def answered(question):
        """On this thread: on another the release would be committed, and outlive this test."""
        (act := Future()).set_result(question())
        release("fiona", "Over.", {}, LATER)
        return act

    monkeypatch.setattr(levers, "begun", answered)
    levers.look({"second": ports["second"]}, AT)
    assert queries.halts() == []


def test_a_release_is_seen_at_once(ports):
    ports["second"].lever = "Smoke"
    levers.look(ports, AT)
    release("fiona", "Over.", ports, LATER)
    assert queries.halts() == [] and ports["second"].lever == ""


def test_the_regular_look_at_clusters_pulls_what_was_put_on_record_late(ports, monkeypatch):
    pull()
    monkeypatch.setattr(wiring, "cluster_ports", lambda: ports)
    monkeypatch.setattr(wiring, "contact_all", lambda: 1)
    tasks.ingest_spool()
    assert tasks.contact_clusters() == 1
    assert {port.lever for port in ports.values()} == {"Smoke (by ada)"}
    assert {row.lever for row in Contact.objects.filter(part="prometheus")} == {""}

"""Whether clusters are there, with the age of the answer; and what a connection test finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chaos import wiring
from chaos.domain.errors import Forbidden, GamedayError, Transient
from chaos.models import Cluster
from chaos.ports import Preflight
from chaos.services import contact
from tests.adapters.stub_server import Answer, Stub, stub_server

NOW = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
FINE = Preflight("Prometheus", True, "Prometheus answers.")


@dataclass
class Knocked:
    """A cluster that answers, but for what is in `fail`."""

    fail: dict[str, GamedayError] = field(default_factory=dict)
    there: tuple[str, ...] = ("pod-delete", "of-somebody-else")

    def _say(self, verb: str) -> None:
        if verb in self.fail:
            raise self.fail[verb]

    def version(self) -> str:
        self._say("version")
        return "v1.34.1"

    def identity(self) -> str:
        self._say("identity")
        return "uid-1"

    def experiments(self) -> tuple[dict[str, Any], ...]:
        return tuple({"metadata": {"name": name}} for name in self.there)

    def preflight(self, experiments: Any, images: Any) -> tuple[Preflight, ...]:
        return (
            Preflight("Litmus", True, "It is there."),
            Preflight("right to create jobs", False, "Gameday may not create jobs."),
        )

    def rights(self, experiments: Any, namespaces: Any) -> tuple[Preflight, ...]:
        return (Preflight("pods in payments", True, "Gameday may."),)


def tried(port: Knocked) -> contact.Tried:
    return contact.try_out(port, lambda: FINE, ("payments",), NOW)  # type: ignore[arg-type]


def test_a_test_says_what_is_there_and_what_is_missing():
    found = tried(Knocked())
    assert (found.uid, found.cluster.sentence) == ("uid-1", "Kubernetes v1.34.1 answers.")
    assert (found.faults, found.others) == (("pod-delete",), ("of-somebody-else",))
    assert [item.what for item in found.rights] == ["right to create jobs", "pods in payments"]
    assert (found.is_met, [item.what for item in found.missing]) == (False, ["right to create jobs"])


def test_a_cluster_that_does_not_answer_is_asked_nothing_more():
    found = tried(Knocked({"version": Transient("There is no connection.")}))
    assert found.cluster == Preflight("cluster", False, "There is no connection.")
    assert (found.litmus, found.rights, found.prometheus) == ((), (), FINE)


def test_a_token_that_may_nothing_is_said_beside_the_answer():
    found = tried(Knocked({"identity": Forbidden("Gameday may not get namespaces.")}))
    assert found.cluster.sentence == "Kubernetes v1.34.1 answers. Gameday may not get namespaces."
    assert not found.cluster.is_met


def test_a_cluster_without_any_fault_lacks_something():
    found = tried(Knocked(there=("of-somebody-else",)))
    assert "No experiment of a fault that Gameday knows" in found.litmus[-1].sentence


@pytest.fixture
def stub():
    with stub_server(lambda asked: Answer(body={"gitVersion": "v1.34.1"})) as server:
        yield server


@pytest.fixture
def home(db, stub: Stub):
    return Cluster.objects.create(
        name="home", uid="uid-1", environment="staging", server=stub.url, prometheus_url=stub.url
    )


def test_every_cluster_and_its_prometheus_is_asked_and_the_answer_is_kept(home, stub: Stub):
    assert wiring.contact_all() == 1, "it is no Prometheus"
    (found,) = contact.known()
    assert found.cluster.sentence == "Kubernetes v1.34.1 answers."
    assert "not Prometheus' JSON" in found.prometheus.sentence
    now = wiring.SystemClock().now()
    assert (found.cluster.state(now), found.prometheus.state(now)) == ("reachable", "unreachable")


def test_an_answer_that_stays_out_keeps_the_age_of_the_last_one(home):
    contact.note("home", [(contact.CLUSTER, Preflight("", True, "It answers."))], NOW)
    contact.note("home", [(contact.CLUSTER, Preflight("", False, "Gone."))], NOW + timedelta(seconds=30))
    found = contact.of("home").cluster
    assert (found.answered_at, found.asked_at) == (NOW, NOW + timedelta(seconds=30))
    assert found.sentence == "Gone."


def test_nobody_says_reachable_of_what_was_long_not_asked(home):
    assert contact.of("home").cluster.state(NOW) == "unknown"
    contact.note("home", [(contact.CLUSTER, Preflight("", True, "It answers."))], NOW)
    assert contact.of("home").cluster.state(NOW + contact.STALE) == "reachable"
    assert contact.of("home").cluster.state(NOW + contact.STALE + timedelta(seconds=1)) == "unknown"


def test_one_address_that_is_none_keeps_no_other_from_being_asked(home):
    Cluster.objects.create(
        name="broken", uid="uid-2", environment="staging", server="nowhere", prometheus_url="nowhere"
    )
    wiring.contact_all()
    broken, fine = contact.known()
    assert "is no server address" in broken.cluster.sentence
    assert fine.cluster.sentence == "Kubernetes v1.34.1 answers."


def test_all_contacts_take_two_queries(home, django_assert_num_queries):
    with django_assert_num_queries(2):
        contact.known()


def test_a_test_asks_the_address_below_which_probes_find_services(home, stub):
    Cluster.objects.update(services_url=stub.url)
    stub.answers = lambda asked: Answer(404)
    found = wiring.try_connection("home").services
    assert (found.is_met, found.sentence) == (
        True,
        f"Probes find services below {stub.url}, which answers (status 404 at its root).",
    )


def test_an_address_of_services_where_nothing_listens_is_missing(home):
    Cluster.objects.update(services_url="http://127.0.0.1:9")
    found = wiring.try_connection("home")
    assert found.services in found.missing
    assert found.services.sentence == (
        "Probes find services below http://127.0.0.1:9, and that cannot be asked: "
        "127.0.0.1:9 refused the connection; nothing listens there."
    )


def test_a_cluster_without_an_address_of_services_is_not_asked_for_one(home):
    found = wiring.try_connection("home")
    assert found.services is None and None not in found.missing

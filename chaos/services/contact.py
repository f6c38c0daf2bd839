"""Whether clusters and their Prometheus are there: asked now and then, with the age of each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos.domain.errors import GamedayError
from chaos.domain.images import USUAL_IMAGES
from chaos.faults import catalogue
from chaos.models import Cluster as ClusterRow
from chaos.models import Contact as ContactRow
from chaos.ports import Cluster, Preflight

STALE = timedelta(seconds=90)
"""Asked every 30 s, so this old means that nobody asks any more."""
CLUSTER, PROMETHEUS = ContactRow.Part.CLUSTER.value, ContactRow.Part.PROMETHEUS.value


@dataclass(frozen=True, slots=True)
class Contact:
    """The last question to one part, `cluster` or `prometheus`, and the last time that it was answered."""

    part: str
    asked_at: datetime | None
    answered_at: datetime | None
    sentence: str

    def state(self, now: datetime) -> str:
        """`reachable` or `unreachable`; `unknown` when that was too long ago to say so, or never."""
        if self.asked_at is None or now - self.asked_at > STALE:
            return "unknown"
        return "reachable" if self.answered_at == self.asked_at else "unreachable"


@dataclass(frozen=True, slots=True)
class InContact:
    """A registered cluster and what is known of reaching it."""

    name: str
    environment: str
    server: str
    cluster: Contact
    prometheus: Contact


def known() -> list[InContact]:
    """Every registered cluster, by name: two queries."""
    rows = ClusterRow.objects.order_by("name").prefetch_related("contacts")
    return [_in_contact(row) for row in rows]


def of(name: str) -> InContact:
    """Raises Cluster.DoesNotExist for a name that is not registered."""
    return _in_contact(ClusterRow.objects.prefetch_related("contacts").get(name=name))


def note(name: str, found: Iterable[tuple[str, Preflight]], at: datetime) -> None:
    """Keep what parts said at `at`."""
    cluster = ClusterRow.objects.get(name=name)
    for part, said in found:
        answered = {"answered_at": at} if said.is_met else {}
        ContactRow.objects.update_or_create(
            cluster=cluster, part=part, defaults={"asked_at": at, "sentence": said.sentence, **answered}
        )


@dataclass(frozen=True, slots=True)
class Tried:
    """A connection test: `cluster` is whether it answers, and without that nothing else was asked of it.

    `services`: whether the address answers below which HTTP probes find services; None where none is given.
    `faults` are those of the catalogue whose experiments are there, `others` experiments of somebody else.
    """

    at: datetime
    uid: str
    cluster: Preflight
    prometheus: Preflight
    litmus: tuple[Preflight, ...] = ()
    rights: tuple[Preflight, ...] = ()
    faults: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    services: Preflight | None = None

    @property
    def missing(self) -> tuple[Preflight, ...]:
        everything = (self.cluster, self.prometheus, self.services, *self.litmus, *self.rights)
        return tuple(item for item in everything if item and not item.is_met)

    @property
    def is_met(self) -> bool:
        return not self.missing


def ask(port: Cluster) -> Preflight:
    """Whether a cluster answers, and which version it says it is. Raises nothing."""
    try:
        return Preflight("cluster", True, f"Kubernetes {port.version()} answers.")
    except GamedayError as error:
        return Preflight("cluster", False, str(error))


def try_out(
    port: Cluster,
    prometheus: Callable[[], Preflight],
    namespaces: tuple[str, ...],
    now: datetime,
    images: tuple[str, ...] = USUAL_IMAGES,
    services: Callable[[], Preflight] | None = None,
) -> Tried:
    """Everything that a day will need of it. `namespaces` are those that faults may touch; none: any.
    `images` are those that experiments may run, `services` asks the address of the services, if there is one.

    Raises nothing: what could not be asked is not met, and its sentence says why.
    """
    metrics, below, answer = prometheus(), services() if services else None, ask(port)
    if not answer.is_met:
        return Tried(now, "", answer, metrics, services=below)
    try:
        uid = port.identity()
        there = {str(item["metadata"]["name"]) for item in port.experiments()}
    except GamedayError as error:
        there_but = Preflight("cluster", False, f"{answer.sentence} {error}")
        return Tried(now, "", there_but, metrics, services=below)
    faults = tuple(sorted(there & catalogue.FAULTS.keys()))
    found = port.preflight(faults, images)
    is_right = [item.what.startswith("right to ") for item in found]
    litmus = tuple(item for item, right in zip(found, is_right, strict=True) if not right)
    rights = tuple(item for item, right in zip(found, is_right, strict=True) if right)
    if not faults:
        sentence = "No experiment of a fault that Gameday knows is there: install some (deploy/litmus)."
        litmus = (*litmus, Preflight("faults", False, sentence))
    return Tried(
        at=now,
        uid=uid,
        cluster=answer,
        prometheus=metrics,
        litmus=litmus,
        rights=(*rights, *port.rights(faults, namespaces)),
        faults=faults,
        others=tuple(sorted(there - catalogue.FAULTS.keys())),
        services=below,
    )


def _in_contact(row: ClusterRow) -> InContact:
    by_part = {
        item.part: Contact(item.part, item.asked_at, item.answered_at, item.sentence)
        for item in row.contacts.all()
    }
    never = "Nobody has asked yet."
    return InContact(
        row.name,
        row.environment,
        row.server,
        by_part.get(CLUSTER, Contact(CLUSTER, None, None, never)),
        by_part.get(PROMETHEUS, Contact(PROMETHEUS, None, None, never)),
    )

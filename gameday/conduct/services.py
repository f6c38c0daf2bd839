"""The live day: launching approved scenarios, and stopping them. What views and commands call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from chaos import wiring
from chaos.domain.errors import Refused
from chaos.domain.run import Stop
from chaos.domain.states import StopKind
from chaos.journal import spool
from chaos.journal.spool import Spooled
from chaos.services import attest as attesting
from chaos.services import halting, queries, releasing
from chaos.services import launch as launching
from chaos.services import stop as stopping
from chaos.services.releasing import Released
from chaos.services.words import STOP_WANTED
from gameday.approvals import services as approvals
from gameday.approvals.services import Standing
from gameday.people import services as people
from gameday.people.models import User
from gameday.people.roles import Act
from gameday.plans.models import Plan

Ring = Callable[[str], object]

ANSWERS_WITHIN = timedelta(seconds=2)
"""How long the answer to Stop waits for the cluster's own; what takes longer is said to be under way."""


def launch(
    plan: Plan,
    key: str,
    by: User,
    now: datetime,
    ring: Ring = wiring.ring,
    run: UUID | None = None,
    armed: Sequence[str] | None = None,
) -> str:
    """Launch one scenario of an approved plan; the run's id.

    `run` is the id it is to have, `armed` the targets by name that `by` was shown. Raises Refused with the
    reason: a missing role, approval, acknowledgement or target, a closed window, a halt, another live run.
    The approval is checked again in the transaction that creates the run.
    """
    standing = approvals.standing(plan.slug, now)
    spec = standing.spec
    order = order_of(standing, key, by, armed)
    if standing.missing:
        raise Refused(standing.reason)

    def still_approved() -> str:
        """Asked inside the transaction that creates the run, with the plan's row locked."""
        Plan.objects.select_for_update().get(pk=plan.pk)
        fresh = approvals.standing(plan.slug, now)
        if fresh.asked.digest != spec.digest:
            return "The plan was edited while it was being launched; its approvals are void."
        return fresh.reason

    return launching.launch(order, wiring.cluster_port(spec.cluster), now, ring, still_approved, run)


def order_of(standing: Standing, key: str, by: User, armed: Sequence[str] | None = None) -> launching.Order:
    """What `by` would launch. Raises Refused without the right to, or for an unknown scenario."""
    plan, spec, scenario = standing.plan, standing.spec, standing.spec.scenario(key)
    people.require(by, Act.CONDUCT, plan.team, spec.roles_of(by.username))
    return launching.Order(
        spec=scenario.run,
        plan_digest=spec.digest,
        stream=plan.stream,
        cluster=spec.cluster,
        approved_uid=standing.asked.cluster_uid,
        ceiling=standing.ceilings.get(key),
        closes=spec.window.closes,
        by=by.username,
        armed=None if armed is None else tuple(armed),
    )


def stop_runs(runs: Iterable[str], by: User, reason: str, now: datetime) -> stopping.Stopped:
    """Stop these live runs from this process, beside each other; answers within `ANSWERS_WITHIN`.
    What failed is tried again while this process lives.

    Everyone may: an empty reason never delays a stop. Raises StoreUnavailable when the runs cannot even be
    looked up.
    """
    clusters = queries.clusters_of(runs)
    ports = {run: wiring.port_for_a_stop(cluster) for run, cluster in clusters.items()}
    wanted = Stop(now, StopKind.PERSON, reason or "No reason was given.", by.username)
    stopped = stopping.stop_runs(ports, wanted, ANSWERS_WITHIN)
    if stopped.record_error:
        for run in stopped.asked:
            _spool(wanted, run, stopped.record_error)
    return replace(stopped, clusters=clusters)


def _spool(stop: Stop, run: str, why: str) -> None:
    """In the words of the journal, and for its instant: what is written down late is not taken twice."""
    text = f"{stop.by} pressed Stop: {stop.reason}"
    spool.keep(Spooled(stop.at, STOP_WANTED, text, stop.by, why, run))


def halt(
    by: str, reason: str, now: datetime, patience: timedelta | None = None, cluster: str = ""
) -> halting.Halted:
    """Stop everything on every cluster, or on one, and latch it. Needs neither Celery, nor Redis, nor the
    database: one that hangs holds it up for as long as its caller lets it, see chaos.services.patience.

    `by` is a username. A name that cannot be looked up because the database is away stops all the same.
    With `patience` it answers within that, and goes on with what has not answered. Raises Refused for a
    cluster that nobody knows.
    """
    ports = wiring.ports_for_a_halt()
    if cluster:
        if cluster not in ports:
            there = ", ".join(ports) or "none"
            raise Refused(f"There is no cluster {cluster!r}, so nothing was halted; there are: {there}.")
        ports = {cluster: ports[cluster]}
    why = reason or "No reason was given."
    return halting.halt(by, why, ports, now, patience=patience, cluster=cluster)


def release(by: User, reason: str, now: datetime, cluster: str = "") -> Released:
    """Release what holds everything, or one cluster, also where only the clusters' levers hold it. Where two
    people have to, the first has only asked.

    Raises Refused without the right or without a reason, and what a cluster raises that keeps its lever.
    """
    people.require_anywhere(by, Act.RELEASE)
    takes_two = settings.RELEASE_TAKES_TWO
    return releasing.release(by.username, reason, wiring.cluster_ports(), now, cluster, takes_two)


def attest(plan: Plan, run: str, word: str, by: User, note: str, now: datetime) -> None:
    """A person's word about a manual fault of a run of the plan. Raises Refused."""
    spec = plan.compiled()
    people.require(by, Act.ATTEST, plan.team, spec.roles_of(by.username))
    attesting.attest(run, word, by.username, note, now, by.name)


def add_note(plan: Plan, text: str, by: User, now: datetime, audience: str = "everyone") -> None:
    """A line on the timeline, beside the live run if there is one. Raises Refused."""
    people.require(by, Act.NOTE, plan.team, plan.compiled().roles_of(by.username))
    live = queries.live_run(plan.stream)
    run, scenario = (live.run, live.scenario) if live else ("", "")
    attesting.note(plan.stream, text, by.username, now, run, scenario, by.name, audience)


def newest_run(plan: Plan, key: str) -> str:
    """The newest run of a scenario. Raises Refused when it never ran."""
    return attesting.latest_run(plan.stream, key)


def mark(plan: Plan, run: str, reached: str, by: User, now: datetime) -> None:
    """Detected, acknowledged, mitigated, recovered: the people's clock of a run. Raises Refused."""
    people.require(by, Act.NOTE, plan.team, plan.compiled().roles_of(by.username))
    try:
        milestone = attesting.Milestone(reached)
    except ValueError:
        known = ", ".join(item.value for item in attesting.Milestone)
        raise Refused(f"{reached!r} is no milestone; there are: {known}.", "milestone") from None
    attesting.milestone(run, milestone, by.username, now, by.name)


def residue() -> Mapping[str, tuple[str, ...]]:
    """What is labelled ours, per cluster, in words. Raises what a cluster that does not answer raises."""
    return {
        name: tuple(str(item) for item in port.residue()) for name, port in wiring.cluster_ports().items()
    }

"""Rules that the adapter alone keeps, each with a way to switch it off: then the simulator must find it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from random import Random
from typing import Any
from unittest import mock

from chaos.adapters import litmus_nodes, litmus_sweep
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_ending import Ending
from chaos.adapters.litmus_kinds import NODES, RESULTS
from chaos.adapters.litmus_manifests import MANAGED_BY
from chaos.adapters.parallel import gather
from chaos.domain.errors import GamedayError
from chaos.domain.sight import Node, Residue, ResidueKind
from chaos.domain.spec import RunSpec
from chaos.domain.states import RunState
from chaos.services import sweep
from tests.simulation.hazards import OURS, Hazards
from tests.simulation.kernel import Kernel
from tests.simulation.levers import ALONE, Plan
from tests.simulation.off import yes
from tests.simulation.on_the_api.asked import a_cut
from tests.simulation.rules import RULES as OF_ALL
from tests.simulation.rules import Rule
from tests.simulation.scenario import LONG, SHORT, Asked, made
from tests.simulation.schedule import BEHIND
from tests.simulation.temper import Temper
from tests.support.builders import a_drain_spec, a_latency_spec, a_spec


def _none(*_: object, **__: object) -> list[Any]:
    return []


def _nobody(*_: object, **__: object) -> None:
    return None


def _by_name_alone(
    self: KubernetesApi, resource: Resource, namespace: str, name: str, *, grace: int | None = None, **_: str
) -> None:
    DELETE(self, resource, namespace, name, grace=grace)


def _pods_alone(api: KubernetesApi, items: Sequence[Residue], grace: int) -> list[GamedayError]:
    return REMOVE(api, [item for item in items if item.kind is not ResidueKind.JOB], grace)


def _at_once(api: KubernetesApi, items: Sequence[Residue], grace: int) -> list[GamedayError]:
    return REMOVE(api, items, 0)


def _of_any_installation(
    found: Iterable[Residue], ours: str, live: Collection[str], over: Mapping[str, str]
) -> Iterator[Residue]:
    return ORPHANS([replace(item, installation=ours) for item in found], ours, live, over)


def _as_far_as_it_goes(calls: Mapping[str, Any], within: float) -> dict[str, Any]:
    """What was not answered is taken for empty."""
    return GATHER({name: partial(_or_empty, name, call) for name, call in calls.items()}, within)


def _or_empty(name: str, call: Callable[[], Any]) -> Any:
    try:
        return call()
    except GamedayError:
        return [] if name.startswith(LISTS) else None


def _by_our_label_alone(*sent: Any, **how: Any) -> dict[str, Callable[[], Any]]:
    return {name: call if name.endswith("0") else list for name, call in WORKLOADS(*sent, **how).items()}


def _labelled(self: KubernetesApi, resource: Resource, namespace: str, *labels: Any, **how: Any) -> list[Any]:
    return LIST(self, resource, namespace, *([{**MANAGED_BY}] if resource is RESULTS else labels), **how)


def _whichever(api: KubernetesApi, pre: Node, taint_keys: Sequence[str], cordons: bool) -> None:
    now = api.get(NODES, "", pre.name)["metadata"]["uid"]
    RESTORE(api, replace(pre, uid=now), taint_keys, cordons)


def _as_it_is(self: Ending, grant: Residue, version: str) -> None:
    self._removed([grant])


def _killing(**how: Any) -> Temper:
    """Helpers are killed, and the garbage collector is behind."""
    return Temper(**{**how, "helper_killed": 1.0, "helper_lies": 0.0, "collects": BEHIND})


def _short_halt(seed: int) -> Plan:
    """Somebody pulls the cluster's lever a moment before the start, and thinks better of it."""
    draw = Random(f"{seed}/lever")
    at, lasts = draw.uniform(3.0, 6.5), draw.uniform(0.5, 2.5)
    return Plan(ALONE, at, RunState.BASELINING, tells=False, lasts=lasts)


def _gone_for_long(kernel: Kernel) -> Hazards:
    """The create is still under way when all of Gameday is cut off; the watchdog is not."""
    hazards = Hazards(kernel)
    hazards.worst, hazards.spares_the_watchdog = "late", True
    hazards.partitions[OURS] = [(12.0, 300.0)]
    return hazards


DELETE, LIST, REMOVE, GATHER = KubernetesApi.delete, KubernetesApi.list, litmus_sweep.remove, gather
ORPHANS, WORKLOADS, RESTORE = sweep._orphans, litmus_sweep.workload_calls, litmus_nodes.restore
LISTS = ("engines", "jobs", "pods", "results", "leases", "policies", "targets")
SWEEP = "chaos.adapters.litmus_sweep"

NEIGHBOURS = "tests.simulation.neighbour.OFTEN"
LOOK_ALIKES = "tests.simulation.on_the_api.look_alikes"
LITMUS = "tests.simulation.on_the_api.litmus"


def _only(make: Callable[..., RunSpec]) -> Asked:
    return {each: [made(make, LONG)] for each in (SHORT, LONG)}


KUBE = "tests.simulation.on_the_api.kube"
WITHOUT_OPERATOR: Mapping[str, Any] = {
    f"{LITMUS}.ASKED": _only(a_latency_spec),
    f"{KUBE}.OPERATOR_GONE": 1.0,
}
"""For what nobody but Gameday does then: faults that would last, and a Litmus that does not end them."""
MISHAPS = "tests.simulation.on_the_api.mishaps"

RULES: Mapping[str, Rule] = {
    "uid": Rule(
        "What is deleted is the very object that was looked at, and not another under its name.",
        {
            "chaos.adapters.kubernetes_api.KubernetesApi.delete": _by_name_alone,
            f"{LITMUS}.ASKED": _only(a_latency_spec),
            "tests.simulation.on_the_api.wire.AGAIN": 1.0,
        },
        shows="wrongly deleted",
    ),
    "jobs": Rule(
        "A Job is deleted before its pod, which it would make anew.",
        {f"{SWEEP}.remove": _pods_alone, f"{MISHAPS}.STRIPPED": 1.0, **WITHOUT_OPERATOR},
    ),
    "grace": Rule(
        "Helpers are given the time to undo what they did.",
        {f"{SWEEP}.remove": _at_once, **WITHOUT_OPERATOR},
        shows="wrongly deleted",
    ),
    "names-tell": Rule(
        "What has none of our labels any more is known by the engine's name.",
        {"chaos.adapters.litmus_parse._by_name": _nobody},
        shows="orphans",
    ),
    "policies": Rule(
        "Policies are looked for by what they cut off, and taken away.",
        {
            "chaos.adapters.litmus_policies.Policies.of": _none,
            "chaos.adapters.litmus_policies.Policies.everywhere": _none,
            f"{LITMUS}.ASKED": {each: [a_cut(LONG)] for each in (SHORT, LONG)},
        },
    ),
    "whole-look": Rule(
        "Half a look is none: what was not listed is not gone.",
        {
            "chaos.adapters.litmus_look.gather": _as_far_as_it_goes,
            f"{LITMUS}.ASKED": _only(a_spec),
            f"{KUBE}.OPERATOR_GONE": 1.0,
            f"{MISHAPS}.UNLISTED": 1.0,
        },
        shows='false "reverted"',
    ),
    "lock": Rule(
        "A grant that is another's is not taken, and nothing is started on it.",
        {
            "chaos.adapters.litmus_start.check": _nobody,
            "chaos.adapters.litmus_look.is_of": yes,
            NEIGHBOURS: 1.0,
        },
        shows="others wronged",
    ),
    "installation": Rule(
        "What is swept is of our own installation, and not of another on the same cluster.",
        {"chaos.services.sweep._orphans": _of_any_installation, NEIGHBOURS: 1.0},
        shows="others wronged",
    ),
    "whose": Rule(
        "What has our run's label is taken away where it has our installation's as well.",
        {"chaos.adapters.litmus_parse.Owner.is_of": yes, f"{LOOK_ALIKES}.OFTEN": 1.0},
        shows="wrongly deleted",
    ),
    "chaos-uid": Rule(
        "Jobs and pods are looked for by the engine's UID, which is all that Litmus may leave on them.",
        {
            f"{SWEEP}.workload_calls": _by_our_label_alone,
            "chaos.adapters.litmus_look.workload_calls": _by_our_label_alone,
            f"{MISHAPS}.STRIPPED": 1.0,
            **WITHOUT_OPERATOR,
        },
        shows="orphans",
    ),
    "same-node": Rule(
        "A node is set back where it is the very machine that was looked at.",
        {
            "chaos.adapters.litmus_nodes.restore": _whichever,
            f"{LITMUS}.ASKED": _only(a_drain_spec),
            f"{MISHAPS}.REMADE": 1.0,
        },
        shows="orphans: node-0 is cordoned",
    ),
    "results": Rule(
        "Results are listed one and all: from one that was broken off Litmus takes our labels.",
        {"chaos.adapters.kubernetes_api.KubernetesApi.list": _labelled},
        shows="orphans",
    ),
    "whole-sweep": Rule(
        "Half a list is none: it is not said to be all that is there.",
        {f"{SWEEP}.gather": _as_far_as_it_goes},
        shows='false "reverted"',
    ),
    "remembered": Rule(
        "A process that knows of an engine tells it to go at once, whether it can list engines or not.",
        {f"{SWEEP}.remembered": _none, f"{MISHAPS}.UNLISTED": 1.0, **WITHOUT_OPERATOR},
        shows="stops ignored",
    ),
    "as-read": Rule(
        "A grant is taken away as it was read, and not with what was noted on it since.",
        {
            "chaos.adapters.litmus_ending.Ending._delete_as_read": _as_it_is,
            f"{MISHAPS}.SLOW": 1.0,
            f"{LITMUS}.ASKED": _only(a_latency_spec),
            "tests.simulation.levers.drawn": _short_halt,
        },
        shows="records lost",
    ),
    "last-notes": Rule(
        "What a grant said is known for one look more: an engine may have landed as it went.",
        {
            "chaos.adapters.litmus_ending.LastNotes.still": _nobody,
            f"{LITMUS}.ASKED": _only(a_latency_spec),
            f"{MISHAPS}.LANDING": 1.0,
            f"{MISHAPS}.SLOW": 1.0,
            "tests.simulation.levers.OFTEN": 0.0,
            "tests.simulation.schedule.Hazards": _gone_for_long,
            "tests.simulation.schedule.Temper": _killing,
        },
        shows="watchdog's failures",
    ),
}
ALL_RULES: Mapping[str, Rule] = {**OF_ALL, **RULES}


@contextmanager
def without(rule: str) -> Iterator[None]:
    """Run without this one of all the rules; with all of them for ""."""
    with _instead(ALL_RULES[rule].instead if rule else {}):
        yield


@contextmanager
def hazards_of(rule: str) -> Iterator[None]:
    """Run with what a rule that the adapter keeps is missed by, and with the rule."""
    instead = ALL_RULES[rule].instead.items()
    with _instead({name: value for name, value in instead if name.startswith("tests.")}):
        yield


@contextmanager
def _instead(these: Mapping[str, Any]) -> Iterator[None]:
    with ExitStack() as stack:
        for name, value in these.items():
            stack.enter_context(mock.patch(name, value))
        yield

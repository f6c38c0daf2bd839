"""Which pods an experiment picks, as litmus-go picks them. Pure functions on pods in wire form."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.facts import controller_name, is_active, labels, phase
from deploy.rehearsal.store import Object
from deploy.rehearsal.store.objects import dig, name_of, namespace_of

_OWNER_KINDS = {"deployment": "ReplicaSet", "statefulset": "StatefulSet", "daemonset": "DaemonSet"}


class NoTarget(Exception):
    """Nothing to inject into: TARGET_SELECTION_ERROR."""


class BadSelectors(Exception):
    """The operator cannot make targets of the engine's appinfo or selectors; it says so to nobody."""


@dataclass(frozen=True, slots=True)
class Target:
    """One `kind:namespace:[filter]` of the TARGETS variable. A filter with `=` is labels, else names."""

    kind: str
    namespace: str
    filter: tuple[str, ...]

    @property
    def has_label(self) -> bool:
        return bool(self.filter) and "=" in self.filter[0]

    def matches(self, pod: Object) -> bool:
        if namespace_of(pod) != self.namespace or phase(pod) != "Running" or not is_active(pod):
            return False
        wanted_owner = _OWNER_KINDS.get(self.kind)
        if wanted_owner and not controller_name(pod).startswith(wanted_owner):
            return False
        return not self.filter or any(_part_matches(part, pod) for part in self.filter)


def _part_matches(part: str, pod: Object) -> bool:
    """Commas are split and the parts united: `app=a,tier=b` means either, not both."""
    key, equals, value = part.partition("=")
    return labels(pod).get(key) == value if equals else name_of(pod) == part


def targets_of(engine: Object) -> list[Target]:
    """Raises BadSelectors for appkind without applabel or the reverse, and for empty selectors."""
    selectors = dig(engine, "spec", "selectors")
    if selectors is not None:
        pods = selectors.get("pods") or []
        workloads = selectors.get("workloads") or []
        if not pods and not workloads:
            raise BadSelectors
        return [Target("pod", one["namespace"], _split(one.get("names"))) for one in pods] + [
            Target(one["kind"], one["namespace"], _split(one.get("names") or one.get("labels")))
            for one in workloads
        ]
    info = dig(engine, "spec", "appinfo") or {}
    kind, label = info.get("appkind") or "", info.get("applabel") or ""
    if bool(kind) != bool(label):
        raise BadSelectors
    namespace = info.get("appns") or namespace_of(engine)
    return [Target(kind or "KIND", namespace, _split(label))] if kind or info.get("appns") else []


def _split(text: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(text or "").split(",") if part.strip())


def pick(
    pods: Sequence[Object], targets: Sequence[Target], settings: Settings, rng: random.Random
) -> list[Object]:
    """The pods of one round. TARGET_PODS wins; else a share of the matching ones, chosen afresh each time.

    Raises NoTarget where nothing fits.
    """
    named = settings.names("TARGET_PODS")
    if named:
        homes = {target.namespace for target in targets}
        chosen = [
            pod for pod in pods if name_of(pod) in named and namespace_of(pod) in homes and is_active(pod)
        ]
    else:
        fitting = [pod for pod in pods if any(target.matches(pod) for target in targets)]
        chosen = rng.sample(fitting, affected(len(fitting), settings.integer("PODS_AFFECTED_PERC")))
    if not chosen:
        raise NoTarget
    return chosen


def affected(count: int, percent: int) -> int:
    """How many of `count` pods a percentage is: rounded down, at least one, and one for 0 or nothing."""
    return min(count, max(1, count * percent // 100))

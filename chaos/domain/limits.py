"""Changing a cluster's limits: what an administrator names; the rest stays as it was left."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from chaos.domain.durations import say_duration
from chaos.domain.errors import Refused
from chaos.domain.images import check_entry
from chaos.domain.targets import ALWAYS_PROTECTED, Limits

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class LimitsChange:
    """What is to change; None, () and False change nothing.

    `protect` and `unprotect` add and take away one by one, so that protecting one namespace exposes no other;
    so do `allow_images` and `disallow_images`.
    `opt_in` replaces the list of the only namespaces that may be touched; `any_namespace` empties it.
    """

    max_percent: int | None = None
    max_nodes: int | None = None
    allow_unprovable: bool | None = None
    max_fault: timedelta | None = None
    protect: tuple[str, ...] = ()
    unprotect: tuple[str, ...] = ()
    opt_in: tuple[str, ...] = ()
    any_namespace: bool = False
    allow_images: tuple[str, ...] = ()
    disallow_images: tuple[str, ...] = ()

    def applied(self, limits: Limits) -> Limits:
        """The limits with the change. Raises Refused, with the option as its field."""
        self._check(limits)
        kept = [name for name in limits.protected_namespaces if name not in self.unprotect]
        images = [entry for entry in limits.images if entry not in self.disallow_images]
        return replace(
            limits,
            max_percent=limits.max_percent if self.max_percent is None else self.max_percent,
            max_nodes=limits.max_nodes if self.max_nodes is None else self.max_nodes,
            allow_unprovable=(
                limits.allow_unprovable if self.allow_unprovable is None else self.allow_unprovable
            ),
            max_fault=limits.max_fault if self.max_fault is None else self.max_fault,
            protected_namespaces=tuple(dict.fromkeys((*kept, *self.protect))),
            opted_in_namespaces=() if self.any_namespace else self.opt_in or limits.opted_in_namespaces,
            images=tuple(dict.fromkeys((*images, *self.allow_images))),
        )

    def _check(self, limits: Limits) -> None:
        if self.max_percent is not None and not 1 <= self.max_percent <= 100:
            raise Refused(
                f"{self.max_percent} % is no share of pods; it is between 1 and 100.", "max-percent"
            )
        if self.max_nodes is not None and self.max_nodes < 0:
            raise Refused(f"{self.max_nodes} is no number of nodes.", "max-nodes")
        for option, given in (("protect", self.protect), ("opt-in", self.opt_in)):
            for name in given:
                if not _NAMESPACE.fullmatch(name):
                    raise Refused(f"{name!r} is no name of a namespace.", option)
        for name in self.unprotect:
            if name in ALWAYS_PROTECTED:
                raise Refused(f"{name} is always protected.", "unprotect")
            if name not in limits.protected_namespaces:
                names = ", ".join(limits.protected_namespaces)
                raise Refused(f"{name} is not on the list of protected namespaces: {names}.", "unprotect")
        for entry in self.allow_images:
            check_entry(entry, "allow-image")
        for entry in self.disallow_images:
            if entry not in limits.images:
                listed = ", ".join(limits.images) or "which is empty"
                raise Refused(f"{entry} is not on the list of images ({listed}).", "disallow-image")
        if self.opt_in and self.any_namespace:
            raise Refused("Give either --opt-in or --any-namespace.", "opt-in")


def in_words(limits: Limits) -> tuple[str, ...]:
    """The limits in sentences."""
    longest = say_duration(limits.max_fault)
    told = [
        f"At most {limits.max_percent} % of the pods a selector finds and {limits.max_nodes} of the nodes, "
        f"for {longest} at the longest.",
        f"Protected: {', '.join(limits.protected_namespaces)}.",
    ]
    if limits.opted_in_namespaces:
        told.append(f"Only these namespaces have opted in: {', '.join(limits.opted_in_namespaces)}.")
    if limits.allow_unprovable:
        told.append("Faults are allowed of which it cannot be proven that they are gone.")
    told.append(f"Experiments run pinned images alone, of: {', '.join(limits.images) or 'none at all'}.")
    return tuple(told)

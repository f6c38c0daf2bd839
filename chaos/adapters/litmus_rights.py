"""Whether Gameday's own account may see each fault gone, and undo it: the rights of its family."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.parallel import gather
from chaos.domain.errors import GamedayError
from chaos.faults.accounts import gameday_role
from chaos.faults.catalogue import FAULTS
from chaos.faults.rights import Family, Right
from chaos.ports import Preflight

_WITHIN = 20.0


def checks(
    api: KubernetesApi, experiments: Sequence[str], namespaces: Sequence[str]
) -> tuple[Preflight, ...]:
    """One answer for each family and place. Raises nothing: what could not be asked is not met."""
    places = [place for family in _families(experiments) for place in _places(family, namespaces)]
    calls = {place[0]: partial(_check, api, *place) for place in places}
    try:
        answers = gather(calls, _WITHIN)
    except GamedayError as error:
        return (Preflight("rights", False, str(error)),)
    return tuple(answers.values())


def each_of(rights: Sequence[Right]) -> Iterator[tuple[Right, Resource, str]]:
    """Verb by verb. The resource is good for questions about rights, which know no versions."""
    for right in rights:
        for plural in right.resources:
            for verb in right.verbs:
                yield right, Resource(f"{right.group}/v1" if right.group else "v1", plural), verb


def _families(experiments: Sequence[str]) -> list[Family]:
    found = (FAULTS[name].family for name in sorted(experiments) if name in FAULTS)
    return list({family.name: family for family in found if family}.values())


Place = tuple[str, str, str, str, tuple[Right, ...]]
"""What is asked, the family, the namespace (empty: everywhere), the role that gives it, the rights."""


def _places(family: Family, namespaces: Sequence[str]) -> Iterator[Place]:
    role = gameday_role(family)
    if family.ours_cluster:
        yield f"{family.name} in the whole cluster", family.name, "", role, family.ours_cluster
    for namespace in (namespaces or ("",)) if family.ours_target else ():
        where = f"namespace {namespace}" if namespace else "the namespaces that may be touched"
        yield f"{family.name} in {where}", family.name, namespace, f"{role}-targets", family.ours_target


def _check(
    api: KubernetesApi, what: str, family: str, namespace: str, role: str, rights: tuple[Right, ...]
) -> Preflight:
    try:
        lacks = [
            f"{verb} {resource.plural}"
            for right, resource, verb in each_of(rights)
            if not api.may(verb, resource, namespace, right.name)
        ]
    except GamedayError as error:
        return Preflight(what, False, str(error))
    where = f"in namespace {namespace}" if namespace else "everywhere"
    family = what.partition(" in ")[0]
    if not lacks:
        return Preflight(what, True, f"Gameday may see faults of {family} gone, and undo them, {where}.")
    if role.endswith("-targets") and not namespace:
        return Preflight(
            what,
            True,
            f"Faults of {family}: not everywhere, as it should be. Bind the role {role} to Gameday's account "
            "in each namespace that may be touched. Name them under the limits, and each is looked at here.",
        )
    return Preflight(
        what,
        False,
        f"Gameday may not {', '.join(lacks)} {where}: apply deploy/litmus/accounts/{family}.yaml, and bind "
        f"the role {role} to Gameday's account there.",
    )

"""What a cluster's accounts and roles lack, or have beyond those that we ship: in sentences.

What stands under our names is compared with ours; what stands under others is looked through for our
accounts, where the bindings of the whole cluster may be listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

Manifest = Mapping[str, Any]


def name_of(manifest: Manifest) -> str:
    """`RoleBinding payments/chaos-helpers`."""
    meta = manifest["metadata"]
    return f"{manifest['kind']} {'/'.join(filter(None, (meta.get('namespace'), meta['name'])))}"


def differences(ours: Manifest, found: Manifest | None) -> tuple[str, ...]:
    """How what a cluster has in the place of `ours` differs from it. More than we ship counts as much as
    less: whoever may start an experiment may do all that its account may."""
    if found is None:
        return (f"{name_of(ours)} is missing.",)
    said: list[str] = []
    if "rules" in ours:
        said += _rights(ours, found)
    if "roleRef" in ours:
        said += _bound(ours, found)
    return tuple(f"{name_of(ours)} {sentence}" for sentence in said)


def bound_as_well(
    ours: Sequence[Manifest], shipped: Sequence[Manifest], bindings: Iterable[Manifest]
) -> Iterator[str]:
    """Bindings that give an account of `ours` what none that is `shipped` does, in sentences. A cluster role
    that we ship may be bound, by our own name for it, in whichever namespace was opened to its faults."""
    mine = {one["metadata"]["name"]: one["metadata"]["namespace"] for one in ours if _is_account(one)}
    usual = {(_what_it_binds(one), said["name"]) for one in shipped for said in one.get("subjects", ())}
    for one in bindings:
        bound = [name for name, namespace in mine.items() if _binds(one, name, namespace)]
        more = [name for name in bound if (_what_it_binds(one), name) not in usual]
        if more:
            role = f"{one['roleRef']['kind']} {one['roleRef']['name']}"
            yield f"{name_of(one)} gives {role} to {_listed(more)}, which none of ours does: take it away."


def _is_account(manifest: Manifest) -> bool:
    return bool(manifest["kind"] == "ServiceAccount")


def _what_it_binds(binding: Manifest) -> tuple[str, ...]:
    role, meta = binding["roleRef"], binding["metadata"]
    own = meta["namespace"] if role["kind"] == "Role" else ""
    return (binding["kind"], meta["name"], role["kind"], role["name"], own)


def _binds(binding: Manifest, account: str, namespace: str) -> bool:
    """By its name, as a user, or with all accounts of its namespace; not with all of the cluster, which
    Kubernetes itself gives a little."""
    said = {
        ("ServiceAccount", account, namespace),
        ("User", f"system:serviceaccount:{namespace}:{account}", None),
        ("Group", f"system:serviceaccounts:{namespace}", None),
    }
    return any(
        (one.get("kind"), one.get("name"), one.get("namespace")) in said
        for one in binding.get("subjects") or ()
    )


def _rights(ours: Manifest, found: Manifest) -> list[str]:
    mine, theirs = _granted(ours), _granted(found)
    said = []
    if mine - theirs:
        said.append(f"does not give: {_listed(mine - theirs)}.")
    if theirs - mine:
        said.append(f"gives more than is needed: {_listed(theirs - mine)}.")
    if found.get("aggregationRule"):
        said.append("gathers the rights of other roles (aggregationRule).")
    return said


def _bound(ours: Manifest, found: Manifest) -> list[str]:
    said = []
    mine, theirs = (f"{one['roleRef']['kind']} {one['roleRef']['name']}" for one in (ours, found))
    if mine != theirs:
        said.append(f"binds {theirs}, not {mine}.")
    wanted, there = _subjects(ours), _subjects(found)
    if wanted - there:
        said.append(f"does not bind {_listed(wanted - there)}.")
    if there - wanted:
        said.append(f"binds {_listed(there - wanted)} too.")
    return said


def _granted(role: Manifest) -> frozenset[str]:
    return frozenset(text for rule in role.get("rules") or () for text in _texts(rule))


def _texts(rule: Mapping[str, Any]) -> Iterable[str]:
    """Each right by itself: `delete pods`, `get leases (coordination.k8s.io)`."""
    names = f" named {', '.join(rule['resourceNames'])}" if rule.get("resourceNames") else ""
    groups, verbs = rule.get("apiGroups") or (), rule.get("verbs") or ()
    for group, resource, verb in product(groups, rule.get("resources") or (), verbs):
        yield f"{verb} {resource}{names}{f' ({group})' if group else ''}"
    for url, verb in product(rule.get("nonResourceURLs") or (), verbs):
        yield f"{verb} {url}"


def _subjects(binding: Manifest) -> frozenset[str]:
    return frozenset(
        f"{one.get('kind')} {'/'.join(filter(None, (one.get('namespace'), one.get('name'))))}"
        for one in binding.get("subjects") or ()
    )


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(sorted(texts))

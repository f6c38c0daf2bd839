"""The accounts that experiments and Gameday run as: what a cluster has of those that we ship."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaos.domain.errors import Forbidden, Refused
from chaos.faults import accounts
from chaos.faults.accounts_found import bound_as_well, differences, name_of
from chaos.faults.base import Fault
from chaos.faults.rights import FAMILIES
from chaos.ports import Cluster
from chaos.services.cluster_details import Details

Manifest = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One file of deploy/litmus/accounts, with its bindings in the namespaces that have opted in; and what
    the cluster has in place of each."""

    name: str
    manifests: tuple[Manifest, ...]
    found: tuple[Manifest | None, ...]
    also: tuple[str, ...] = ()
    """What else is bound to its account, in sentences."""

    @property
    def word(self) -> str:
        if self.found[0] is None:
            return "MISSING"
        return "DIFFERS" if any(self.wrong) or self.also else "ok"

    @property
    def said(self) -> Iterator[str]:
        for _, sentences in self.wrong:
            yield from sentences
        yield from self.also

    @property
    def wrong(self) -> Iterator[tuple[Manifest, tuple[str, ...]]]:
        """What is not as we ship it, each with what to say of it."""
        for ours, there in zip(self.manifests, self.found, strict=True):
            if said := differences(ours, there):
                yield ours, said


def parts(
    cluster: Details, faults: Sequence[Fault], port: Cluster, there: Sequence[Manifest] | None
) -> list[Part]:
    """Gameday's own, then those of the faults' families. None where the cluster has an account of its own.
    `there` are the bindings of the cluster, as far as they were seen.

    Raises Forbidden when they may not be looked at.
    """
    if cluster.service_account != accounts.PATTERN:
        return []
    here = cluster.chaos_namespace
    wanted = {accounts.OURS: tuple(accounts.of_gameday(here))}
    for fault in faults:
        if fault.family:
            opened = cluster.limits.opted_in_namespaces
            bound = [one for name in opened for one in accounts.in_target(fault.family, name, here)]
            wanted[fault.family.name] = (*accounts.manifests(fault.family, here), *bound)
    shipped = [*accounts.of_gameday(here), *_of_every_family(here)]
    return [
        Part(name, ours, port.accounts(ours), tuple(bound_as_well(ours, shipped, there or ())))
        for name, ours in wanted.items()
    ]


def bindings(port: Cluster) -> tuple[Manifest, ...] | None:
    """Every binding of the cluster; None where they may not be listed, as with Gameday's own token."""
    try:
        return port.bindings()
    except Forbidden:
        return None


def _of_every_family(namespace: str) -> Iterator[Manifest]:
    for family in FAMILIES.values():
        yield from accounts.manifests(family, namespace)
        yield from accounts.in_target(family, namespace, namespace)


def hints(cluster: Details, there: Sequence[Manifest] | None) -> Iterator[str]:
    """What is not looked at, and why."""
    if cluster.service_account == accounts.PATTERN and there is None:
        yield (
            "Bindings of other names than ours, which may give these accounts more, cannot be seen with this "
            "token: look with an administrator's (`--token-file`)."
        )
    if cluster.service_account != accounts.PATTERN:
        yield (
            f"Experiments run as {cluster.service_account} there, an account of your own: what it may do is "
            f"not compared. With `--service-account '{accounts.PATTERN}'` each runs as that of its family."
        )
    elif not cluster.limits.opted_in_namespaces:
        yield (
            "No namespaces are named as the only ones that may be touched (`cluster add --opt-in`), so it is "
            "not looked at whether the roles …-targets are bound there: see deploy/litmus/README.md."
        )


def install(found: Sequence[Part], port: Cluster) -> Iterator[str]:
    """Make all of it as we ship it; the name of each thing that was not, once it is. Raises Refused."""
    for part in found:
        for manifest, _ in part.wrong:
            try:
                port.install_account(manifest)
            except Forbidden as error:
                raise Refused(
                    f"{error} Only who has these rights may give them: install with an administrator's token "
                    f"(`--token-file`), or `kubectl apply -f deploy/litmus/accounts/{part.name}.yaml`."
                ) from error
            yield name_of(manifest)

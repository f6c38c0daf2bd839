"""Accounts, roles and bindings installed on a cluster: created, made as ours where they differ, read back."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Forbidden, Refused
from chaos.faults.accounts import in_target, manifests, of_gameday
from chaos.faults.accounts_found import bound_as_well, differences
from chaos.faults.rights import FAMILIES, HELPERS
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

OURS: list[Mapping[str, Any]] = [
    *of_gameday(),
    *(one for family in FAMILIES.values() for one in manifests(family)),
    *(one for family in FAMILIES.values() for one in in_target(family, "payments")),
]


@pytest.fixture
def api() -> Iterator[RunningApi]:
    with running_api() as running:
        running.account("nobody-token", "nobody")
        yield running


def cluster(api: RunningApi, folder: Path, token: str = ADMIN) -> LitmusCluster:
    (folder / token).write_text(token)
    connection = Connection(api.url, token_file=str(folder / token))
    return LitmusCluster(KubernetesApi(connection), LitmusSettings("chaos", "chaos-{family}"))


def wrong(port: LitmusCluster) -> list[str]:
    return [
        said for one, found in zip(OURS, port.accounts(OURS), strict=True) for said in differences(one, found)
    ]


def test_all_that_we_ship_is_missing_then_installed_and_then_as_we_ship_it(
    api: RunningApi, tmp_path: Path
) -> None:
    port = cluster(api, tmp_path)
    assert len(wrong(port)) == len(OURS)
    for _ in range(2):
        for manifest in OURS:
            port.install_account(manifest)
        assert wrong(port) == []


def test_what_was_made_to_give_more_gives_no_more_than_ours(api: RunningApi, tmp_path: Path) -> None:
    port = cluster(api, tmp_path)
    everything = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    stranger = {"kind": "ServiceAccount", "name": "stranger", "namespace": "chaos"}
    for ours in manifests(HELPERS):
        loose = copy.deepcopy(ours)
        if "rules" in loose:
            loose["rules"].append(everything)
        if "subjects" in loose:
            loose["subjects"].append(stranger)
        port.install_account(loose)
    assert "Role chaos/chaos-helpers gives more than is needed: * * (*)." in wrong(port)
    assert "RoleBinding chaos/chaos-helpers binds ServiceAccount chaos/stranger too." in wrong(port)
    for ours in manifests(HELPERS):
        port.install_account(ours)
    assert not [said for said in wrong(port) if "helpers" in said and "payments" not in said]


def test_every_binding_of_the_cluster_is_seen_and_what_gives_an_account_more_is_told_from_ours(
    api: RunningApi, tmp_path: Path
) -> None:
    port, ours = cluster(api, tmp_path), list(manifests(HELPERS))
    for manifest in OURS:
        port.install_account(manifest)
    assert list(bound_as_well(ours, OURS, port.bindings())) == []
    (binding,) = (one for one in ours if one["kind"] == "RoleBinding")
    for namespace in ("payments", "chaos"):
        meta = {"name": "another", "namespace": namespace, "labels": {}}
        role = {**binding["roleRef"], "name": "editor"}
        port.install_account({**binding, "metadata": meta, "roleRef": role})
    assert list(bound_as_well(ours, OURS, port.bindings())) == [
        f"RoleBinding {namespace}/another gives Role editor to chaos-helpers, which none of ours does: take "
        "it away."
        for namespace in ("chaos", "payments")
    ]


def test_a_binding_of_another_role_is_left_to_a_person(api: RunningApi, tmp_path: Path) -> None:
    port = cluster(api, tmp_path)
    (binding,) = (one for one in manifests(HELPERS) if one["kind"] == "RoleBinding")
    port.install_account({**binding, "roleRef": {**binding["roleRef"], "name": "admin"}})
    with pytest.raises(
        Refused, match="RoleBinding chaos-helpers binds admin, and what it binds cannot be changed"
    ):
        port.install_account(binding)


def test_without_the_right_the_verb_that_is_missing_is_named(api: RunningApi, tmp_path: Path) -> None:
    port = cluster(api, tmp_path, "nobody-token")
    with pytest.raises(Forbidden, match="get "):
        port.accounts(OURS)
    with pytest.raises(Forbidden, match="list "):
        port.bindings()
    with pytest.raises(Forbidden, match="create serviceaccounts"):
        port.install_account(OURS[0])

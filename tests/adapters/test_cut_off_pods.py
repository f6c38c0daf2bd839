"""NetworkPolicies that Litmus made: seen by what they select, deleted at once, and nobody else's touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.adapters.litmus_policies import Policies
from chaos.domain.errors import Forbidden
from chaos.domain.injection import Injection
from chaos.domain.sight import Pod, ResidueKind
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults.catalogue import find, plan_injections
from deploy.rehearsal.api import Rule
from deploy.rehearsal.store import NETWORK_POLICIES
from tests.adapters.things import a_run
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

REF, AT = a_run(), datetime(2030, 3, 1, 9, tzinfo=UTC)
BUT_POLICIES = Rule(("*",), ("", "batch", "coordination.k8s.io", "litmuschaos.io"), ("*",))
OURS = {"statefulset.kubernetes.io/pod-name": "kafka-0"}


@pytest.fixture(scope="module")
def api() -> Iterator[RunningApi]:
    with running_api(namespaces=("chaos", "kafka")) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_left(api: RunningApi) -> Iterator[None]:
    yield
    api.do(lambda: api.store.delete_all(NETWORK_POLICIES, "kafka"))


@pytest.fixture
def make(api: RunningApi, tmp_path: Path) -> Any:
    def cluster(token: str = ADMIN) -> LitmusCluster:
        file = tmp_path / token
        file.write_text(token)
        connection = Connection(api.url, token_file=str(file))
        return LitmusCluster(KubernetesApi(connection), LitmusSettings("chaos", "x"))

    return cluster


def injection() -> Injection:
    pod = Pod("kafka", "kafka-0", "uid-0", "node-0", True, False, {"app": "kafka", **OURS})
    targets = TargetSpec("kafka", "statefulset", {"app": "kafka"}, count=1)
    parameters = find("pod-network-partition").canonical({"proven_by": "lag"})
    spec = FaultSpec("pod-network-partition", timedelta(seconds=60), targets, parameters)
    (planned,) = plan_injections(REF.short, 0, spec, Targets("kafka", (pod,), 3, 3))
    return planned


@pytest.fixture
def noted(api: RunningApi, make: Any) -> Iterator[str]:
    """A run has started to cut a pod off, and its driver is gone; the UID of its engine."""
    cluster = make()
    cluster.take_grant(REF)
    cluster.inject(REF, injection())
    yield next(one.uid for one in cluster.residue() if one.kind is ResidueKind.ENGINE)
    cluster.remove(cluster.residue())


def policy(
    api: RunningApi, name: str, selects: dict[str, str], part_of: str = "litmus", engine: str = "gone"
) -> str:
    labels = {"app.kubernetes.io/part-of": part_of, "chaosUID": engine}
    made = {"metadata": {"name": name, "namespace": "kafka", "labels": labels},
            "spec": {"podSelector": {"matchLabels": selects}, "policyTypes": ["Egress"]}}  # fmt: skip
    return str(api.do(lambda: api.store.create(NETWORK_POLICIES, made))["metadata"]["uid"])


def left(api: RunningApi) -> set[str]:
    return {one["metadata"]["name"] for one in api.do(lambda: api.store.list(NETWORK_POLICIES, "kafka"))}


def test_a_policy_is_seen_by_what_it_selects_though_its_engine_is_gone(api: RunningApi, make: Any) -> None:
    assert make().look(REF, [injection()]).residue == ()
    uid = policy(api, "pod-network-partition-np-abc", OURS)
    (seen,) = make().look(REF, [injection()]).residue
    assert (seen.kind, seen.uid, seen.run) == (ResidueKind.POLICY, uid, REF.run)


def test_a_stop_deletes_it_at_once_and_nobody_else_s(api: RunningApi, make: Any) -> None:
    cluster = make()
    cluster.look(REF, [injection()])
    policy(api, "pod-network-partition-np-abc", OURS)
    policy(api, "of-another-broker", {"statefulset.kubernetes.io/pod-name": "kafka-1"})
    policy(api, "the-bank-s-own", OURS, part_of="bank")
    policy(api, "of-all-of-them", {"app": "kafka"})
    cluster.revert(REF)
    cluster.revert(REF)
    assert left(api) == {"of-another-broker", "the-bank-s-own", "of-all-of-them"}
    assert cluster.look(REF, [injection()]).residue == ()


def test_a_stop_of_another_run_leaves_it(api: RunningApi, make: Any) -> None:
    cluster = make()
    cluster.look(REF, [injection()])
    policy(api, "pod-network-partition-np-abc", OURS)
    cluster.revert(a_run())
    assert left(api) == {"pod-network-partition-np-abc"}


def test_without_the_right_to_look_nothing_is_seen_and_so_nothing_is_proven(
    api: RunningApi, make: Any
) -> None:
    api.account("half-token", "half", BUT_POLICIES)
    half = make("half-token")
    assert "networkpolicies" in half.look(REF, [injection()]).unseen
    others = replace(injection(), postcondition=replace(injection().postcondition, uncut=False))
    assert make("half-token").look(REF, [others]).unseen == "", "faults without policies do not need it"


def test_what_may_not_be_looked_for_is_not_called_gone_once_a_run_has_cut_something_off(
    api: RunningApi, make: Any
) -> None:
    api.account("half-token", "half", BUT_POLICIES)
    half = make("half-token")
    assert half.residue() == (), "a cluster on which nothing was ever cut off needs no such right"
    half.look(REF, [injection()])
    with pytest.raises(Forbidden, match="may not list networkpolicies"):
        half.residue()


def test_the_grant_alone_tells_that_policies_would_have_to_be_seen(
    api: RunningApi, make: Any, noted: str
) -> None:
    """Nobody remembers: a halt without the database, or `manage.py residue`, after a restart."""
    api.account("half-token", "half", BUT_POLICIES)
    half = make("half-token")
    with pytest.raises(Forbidden, match=r"may not list networkpolicies.* in namespace kafka"):
        half.residue()
    ended = half.end_everything()
    assert not ended.is_over and any("networkpolicies" in str(error) for error in ended.errors)


def test_who_may_look_just_where_something_was_cut_off_has_seen_enough(
    api: RunningApi, make: Any, noted: str
) -> None:
    there = Rule(("list", "delete"), ("networking.k8s.io",), ("networkpolicies",), namespaces=("kafka",))
    api.account("local-token", "local", BUT_POLICIES, there)
    local = make("local-token")
    assert ResidueKind.POLICY not in {one.kind for one in local.residue()}
    policy(api, "pod-network-partition-np-abc", OURS, engine=noted)
    assert ResidueKind.POLICY in {one.kind for one in local.residue()}
    local.end_everything()
    assert left(api) == set()


def test_a_refused_look_for_policies_is_asked_again_after_a_minute(api: RunningApi, tmp_path: Path) -> None:
    file = tmp_path / "later"
    file.write_text(api.account("later-token", "later", Rule(("get",), ("",), ("pods",))))
    policies = Policies(KubernetesApi(Connection(api.url, token_file=str(file))))
    policy(api, "pod-network-partition-np-abc", OURS)
    assert policies.everywhere(AT) is None
    api.account("later-token", "later", Rule(("list",), ("networking.k8s.io",), ("networkpolicies",)))
    assert policies.everywhere(AT + timedelta(seconds=59)) is None
    (found,) = policies.everywhere(AT + timedelta(seconds=60)) or []
    assert found["metadata"]["name"] == "pod-network-partition-np-abc"

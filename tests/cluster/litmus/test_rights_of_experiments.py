"""What the accounts of experiments may do, on a real API server: each verb is asked for when one is run.

Every experiment is go-runner itself, under the account that we ship. RBAC gives nothing that no role says: a
verb too few is one that is refused here, a verb too many one that nobody asks for. One of each account is
taken away, to see its experiment fail. Where our own code plays a part of Litmus (chaos-runner, the helpers),
its asking shows only how we read that part.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from chaos.faults.accounts import CHAOS, account
from chaos.faults.rights import FAMILIES, Family
from deploy.cluster.handle import Cluster
from tests.adapters.faults.cases import CASES
from tests.adapters.faults.drill import Case
from tests.adapters.things import until
from tests.cluster.litmus import asked, experiments, read_in_source
from tests.cluster.litmus.asked import Request, Verb
from tests.cluster.litmus.bank import Bank, whole
from tests.cluster.litmus.chronicle import PODS
from tests.cluster.litmus.engines import Engines
from tests.cluster.rights_world import taken_out

pytestmark = pytest.mark.cluster

LITMUS = "litmuschaos.io"
OF_CHAOS_RUNNER = {
    Verb("chaos", "create", "jobs", "batch"),
    Verb("chaos", "get", "chaosexperiments", LITMUS),
    Verb("chaos", "update", "chaosengines", LITMUS),
}
LISTS_PODS = {Verb("chaos", "list", "pods")}
WRITES_INTO_RESULT = {Verb("chaos", "patch", "chaosresults", LITMUS)}
PLAYED = {
    name: OF_CHAOS_RUNNER
    | (WRITES_INTO_RESULT if name in ("helpers", "disk") else set())
    # An experiment looks for its own pods; where it has none, chaos-runner alone does.
    | (set() if family.has_helpers else LISTS_PODS)
    for name, family in FAMILIES.items()
}
"""What nobody asks for but our own code in the part of chaos-runner and of helpers."""

TAKEN: dict[str, tuple[Case, Verb]] = {
    "pods": (experiments.DELETES, Verb("target", "delete", "pods")),
    "helpers": (CASES["pod-network-latency"], Verb("chaos", "create", "pods")),
    "disk": (CASES["disk-fill"], Verb("chaos", "deletecollection", "pods")),
    "policies": (
        CASES["pod-network-partition"],
        Verb("target", "create", "networkpolicies", "networking.k8s.io"),
    ),
    "scale": (CASES["pod-autoscaler"], Verb("target", "update", "deployments", "apps")),
    "drain": (CASES["node-drain"], Verb("cluster", "create", "pods/eviction")),
    "taint": (CASES["node-taint"], Verb("cluster", "update", "nodes")),
    "node-stress": (experiments.STRESSES_A_NODE, Verb("cluster", "get", "nodes")),
    "node-services": (experiments.STOPS_A_KUBELET, Verb("chaos", "create", "pods")),
}


@dataclass(frozen=True)
class Seen:
    """By account what it asked for; by experiment (or account) what became of it."""

    asked: Mapping[str, list[Request]]
    verdicts: Mapping[str, str]


@pytest.fixture(scope="module")
def runs(litmus_and_bank: Bank) -> Seen:
    """Of all experiments, with all that their accounts are given."""
    admin, since = litmus_and_bank.admin, asked.now()
    verdicts: dict[str, str] = {}
    with (
        whole(litmus_and_bank) as bank,
        experiments.a_lost_node(admin),
        experiments.an_agent_on_each_node(admin),
    ):
        for cases in experiments.TOGETHER:
            begun = [experiments.begin(bank, case) for case in cases]
            verdicts |= {f"{one.case.fault} of a {one.case.kind}": one.verdict() for one in begun}
    return Seen(asked_by_all(admin, since), verdicts)


@pytest.fixture(scope="module")
def bereft(litmus_and_bank: Bank) -> Seen:
    """Of one experiment for each account, while that lacks one verb."""
    admin, since = litmus_and_bank.admin, asked.now()
    with whole(litmus_and_bank) as bank, experiments.a_lost_node(admin), ExitStack() as taken:
        for name, (_, verb) in TAKEN.items():
            role = verb.role(FAMILIES[name])
            taken.enter_context(taken_out(admin, role, verb.group, verb.resource, verb.verb))
            until(partial(may, admin, FAMILIES[name], verb), lambda allowed: not allowed)
        begun = {name: experiments.begin(bank, case) for name, (case, _) in TAKEN.items()}
        verdicts = {name: one.verdict() for name, one in begun.items()}
    return Seen(asked_by_all(admin, since), verdicts)


def asked_by_all(admin: Cluster, since: str) -> dict[str, list[Request]]:
    return {name: asked.requests(admin, family, since) for name, family in FAMILIES.items()}


def may(admin: Cluster, family: Family, verb: Verb) -> bool:
    """Whether the server lets its account, by now."""
    resource, _, subresource = verb.resource.partition("/")
    namespace = {"chaos": CHAOS, "target": "payments", "cluster": ""}[verb.at]
    thing = {"group": verb.group, "resource": resource, "subresource": subresource, "namespace": namespace}
    user = f"system:serviceaccount:{CHAOS}:{account(family)}"
    body = {"spec": {"user": user, "resourceAttributes": {"verb": verb.verb, **thing}}}
    said = admin.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body)
    return bool(said["status"]["allowed"])


def test_every_experiment_passes_with_the_accounts_as_we_ship_them(runs: Seen) -> None:
    assert set(runs.verdicts.values()) == {"Pass"}, runs.verdicts
    ran = {experiments.family_of(case).name for cases in experiments.TOGETHER for case in cases}
    assert ran == set(FAMILIES)


@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_that_an_experiment_asks_for_is_refused(runs: Seen, name: str) -> None:
    assert [one for one in runs.asked[name] if one.code in (401, 403)] == []


@pytest.mark.parametrize("name", FAMILIES)
def test_an_account_may_do_what_its_experiments_ask_for_or_the_sources_name_and_nothing_else(
    runs: Seen, name: str
) -> None:
    all_told = {one.verb for one in runs.asked[name]}
    by_go_runner = {one.verb for one in runs.asked[name] if not one.is_played}
    known_by_reading = read_in_source.by_reading(name)
    assert all_told - by_go_runner == PLAYED[name]
    assert not all_told & known_by_reading, "it is asked for: nobody need read for it"
    assert all_told | known_by_reading == asked.granted(FAMILIES[name])


@pytest.mark.parametrize("name", TAKEN)
def test_without_one_verb_its_experiment_fails_and_the_server_says_for_want_of_what(
    bereft: Seen, name: str
) -> None:
    assert bereft.verdicts[name] == "Error"
    refused = [one for one in bereft.asked[name] if one.code == 403]
    assert {(one.verb, one.is_played) for one in refused} == {(TAKEN[name][1], False)}


@pytest.fixture
def sources() -> Path:
    return read_in_source.sources()


def test_what_is_known_by_reading_stands_in_the_sources_that_are_built_here(sources: Path) -> None:
    lines = [*read_in_source.OF_EVERY.values()]
    lines += [line for verbs in read_in_source.OF_FAMILIES.values() for line in verbs.values()]
    for line in lines:
        assert line.holds in line.text(sources), line.where


def test_an_experiment_that_its_job_starts_again_counts_its_events_up(engines: Engines) -> None:
    since, admin = asked.now(), engines.admin
    engine = engines.make(engines.of(engines.planned("node-taint")))
    until(lambda: engines.events(engine), lambda counts: "ChaosInject" in counts)
    (pod,) = engines.experiments(engine)
    admin.ask("DELETE", f"{PODS}/{pod['metadata']['name']}")
    until(lambda: engines.events(engine), lambda counts: counts["ChaosInject"] == 2)
    found = asked.requests(admin, FAMILIES["taint"], since)
    again = [one for one in found if one.verb in read_in_source.OF_EVERY]
    assert {(one.code, one.is_played) for one in again} == {(200, False)}

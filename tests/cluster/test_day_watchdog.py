"""The watchdog on a real API server, under its own account: with our application dead, it ends its faults."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chaos.adapters import litmus_kinds as kinds
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.domain.errors import Forbidden
from chaos.domain.sight import ResidueKind
from chaos.faults.accounts import WATCHDOG
from deploy.cluster.handle import Cluster
from tests.adapters.faults.conftest import drill  # noqa: F401 - leaves no fault behind
from tests.adapters.faults.drill import Drill, is_whole
from tests.adapters.practice import SETTINGS, Practice, whole_bank
from tests.adapters.things import a_run, an_injection, until
from tests.cluster.contract import beside
from tests.cluster.planes import own_plane
from tests.watchdog.kennel import Dog, driver, kill, watchdog

pytestmark = pytest.mark.cluster

EVENTS = "/api/v1/namespaces/chaos/events?fieldSelector=source=gameday-watchdog"
TTL = 5.0


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with own_plane(tmp_path_factory.mktemp("plane")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def practice(plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with beside(plane, tmp_path_factory.mktemp("bank")) as opened:
        whole_bank(opened)
        yield opened


@pytest.fixture
def own(plane: Cluster, practice: Practice, tmp_path: Path) -> Connection:
    """The watchdog's own way in."""
    token = tmp_path / "watchdog.token"
    token.write_text(plane.account_token("chaos", WATCHDOG))
    return replace(practice.product, token_file=str(token))


@pytest.fixture
def dog(own: Connection, drill: Drill, tmp_path: Path) -> Iterator[Dog]:  # noqa: F811
    with watchdog(own, tmp_path / "log", TTL, every=1.0) as running:
        yield running


def nothing_is_left(practice: Practice) -> None:
    left = practice.cluster().residue
    until(left, lambda items: all(item.kind is ResidueKind.RESULT for item in items))


@pytest.mark.parametrize(
    ("fault", "helpers"),
    [
        ("pod-delete", "ok"),
        ("pod-network-latency", "ok"),
        ("pod-network-latency", "killed"),
        ("pod-network-partition", "killed"),
        ("pod-autoscaler", "killed"),
        ("node-drain", "killed"),
        ("node-taint", "killed"),
    ],
)
def test_the_application_is_killed_in_mid_fault_and_the_watchdog_ends_it(
    practice: Practice, dog: Dog, fault: str, helpers: str
) -> None:
    with driver(practice, fault) as application:
        practice.turn(helper=helpers)
        killed_at = kill(application)
    until(practice.state, is_whole, seconds=90)
    whole = time.monotonic() - killed_at
    nothing_is_left(practice)
    dog.says("everything-ended")
    print(f"\n{fault}, helpers {helpers}: whole {whole:.1f} s after the kill, with a TTL of {TTL:g} s")
    assert dog.said("event-not-left") == []
    assert not [line for line in dog.said("told-to-go") if "may not" in " ".join(line["errors"])]


def test_it_leaves_events_that_tell_what_it_did(plane: Cluster, practice: Practice, dog: Dog) -> None:
    with driver(practice, "node-taint"):
        practice.turn(helper="killed")
        practice.cluster().pull_lever("an incident")
        nothing_is_left(practice)
        practice.cluster().release_lever()
    dog.says("everything-ended")
    told = {(one["reason"], one["message"]) for one in plane.ask("GET", EVENTS)["items"]}
    assert ("Ending", "The halt lever is down: an incident") in told
    assert ("Ended", "Nothing is left of what was ended. The halt lever is down: an incident") in told
    back = [said for reason, said in told if reason == "SetBack" and "taints: gameday" in said]
    assert back and all(said.startswith("As before the fault again: node ") for said in back)


def test_under_its_account_nothing_can_be_begun(own: Connection, practice: Practice) -> None:
    api, ref = KubernetesApi(own), a_run()
    with pytest.raises(Forbidden, match="may not create leases"):
        LitmusCluster(api, SETTINGS).take_grant(ref)
    with pytest.raises(Forbidden, match="may not create chaosengines"):
        api.create(kinds.ENGINES, "chaos", {"metadata": {"name": an_injection(ref).name}})
    with pytest.raises(Forbidden, match="may not create pods"):
        api.create(kinds.PODS, "chaos", {"metadata": {"name": "a-pod"}})

"""The watchdog as a process against the practice cluster, with all of our application dead.

It has the product's token there; what its own account may do is shown on a real API server.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.adapters import litmus_kinds as kinds
from tests.adapters.faults.drill import Drill, faults_of, is_whole
from tests.adapters.practice import Practice, practising
from tests.adapters.things import until
from tests.watchdog.kennel import Dog, driver, kill, watchdog

pytestmark = pytest.mark.stack

TTL = 3.0


@pytest.fixture
def dog(practice: Practice, drill: Drill, tmp_path: Path) -> Iterator[Dog]:
    """`drill` is for its end: it leaves the bank whole."""
    with watchdog(practice.product, tmp_path / "log", TTL) as running:
        yield running


def nothing_is_left(practice: Practice) -> None:
    until(practice.cluster().residue, lambda left: all(item.kind.value == "ChaosResult" for item in left))


def ended(practice: Practice, dog: Dog, fault: str, since: float, ttl: float = TTL) -> None:
    """The bank is whole, nothing is left, and the log tells of it; how long that took is printed."""
    until(practice.state, is_whole)
    nothing_is_left(practice)
    took = time.monotonic() - since
    dog.says("everything-ended")
    print(f"\n{fault}: whole and cleared {took:.1f} s after the kill, with a TTL of {ttl:g} s")


@pytest.mark.parametrize(
    "fault",
    ["pod-delete", "pod-network-latency", "pod-network-partition"],
)
def test_the_application_is_killed_in_mid_fault_and_the_watchdog_ends_it(
    practice: Practice, dog: Dog, fault: str
) -> None:
    with driver(practice, fault) as application:
        killed_at = kill(application)
        assert practice.cluster().residue()
    ended(practice, dog, fault, killed_at)
    assert "has not been heard of for" in dog.says("ending")["why"]


@pytest.mark.parametrize("fault", ["pod-network-latency", "disk-fill", "pod-autoscaler", "node-taint"])
def test_what_a_killed_helper_left_is_set_back_too(practice: Practice, dog: Dog, fault: str) -> None:
    with driver(practice, fault) as application:
        practice.turn(helper="killed")
        killed_at = kill(application)
    ended(practice, dog, f"{fault}, its helper killed too", killed_at)


def test_a_drained_node_takes_pods_again_and_one_that_was_cordoned_before_does_not(
    practice: Practice, dog: Dog
) -> None:
    admin = practice.admin_api()
    with driver(practice, "node-drain") as application:
        (drained,) = [name for name, node in practice.state()["nodes"].items() if node["cordoned"]]
        other = next(name for name in practice.state()["nodes"] if name != drained)
        admin.merge_patch(kinds.NODES, "", other, {"spec": {"unschedulable": True}})
        practice.turn(helper="killed")
        killed_at = kill(application)
    until(lambda: practice.state()["nodes"][drained], lambda node: not node["cordoned"])
    nothing_is_left(practice)
    assert practice.state()["nodes"][other]["cordoned"]
    (told,) = [one for one in dog.said("told-to-go") if one["set_back"]]
    assert told["set_back"] == [f"node {drained} (cordoned)"]
    admin.merge_patch(kinds.NODES, "", other, {"spec": {"unschedulable": None}})
    ended(practice, dog, "node-drain, its experiment killed too", killed_at)


def test_the_lever_alone_ends_what_a_live_application_conducts(practice: Practice, dog: Dog) -> None:
    with driver(practice, "pod-network-latency"):
        pulled_at = time.monotonic()
        practice.cluster().pull_lever("an incident")
        ended(practice, dog, "pod-network-latency, by the lever", pulled_at)
    assert dog.says("ending")["why"] == "The halt lever is down: an incident"


def test_a_live_heartbeat_is_left_alone(practice: Practice, dog: Dog) -> None:
    with driver(practice, "pod-network-latency") as application:
        time.sleep(2 * TTL)
        assert dog.said("ending") == [] and faults_of(practice.state())
        application.send_signal(signal.SIGSTOP)  # frozen is as good as dead
        ended(practice, dog, "pod-network-latency, its driver frozen", time.monotonic())


def test_an_api_server_that_is_away_is_waited_for(practice: Practice, dog: Dog) -> None:
    with driver(practice, "pod-network-latency") as application:
        practice.turn(api=[{"effect": "refuse", "user": "gameday"}])
        dog.says("cannot-look")
        kill(application)
        time.sleep(TTL)
        assert dog.said("ending") == [], "it has seen nothing"
        practice.turn(api=[])
        ended(practice, dog, "pod-network-latency, the API server back", time.monotonic())
    dog.says("can-look-again")


def test_a_watchdog_that_is_started_anew_has_heard_nothing_yet(
    practice: Practice, dog: Dog, tmp_path: Path
) -> None:
    with driver(practice, "pod-network-latency") as application:
        kill(application)
        dog.dies()
        time.sleep(TTL)
        with watchdog(practice.product, tmp_path / "again", TTL) as again:
            began_at = time.monotonic()
            again.says("ending")
            assert time.monotonic() - began_at > TTL / 2
            ended(practice, again, "pod-network-latency, the watchdog fresh", began_at)
            assert again.stops() == 0 and again.said("stopped")


def test_at_the_real_pace_it_takes_no_longer_than_the_grant_says_and_ten_seconds(tmp_path: Path) -> None:
    with (
        practising(tmp_path, times_faster=1) as practice,
        watchdog(practice.product, tmp_path / "log", ttl=None, every=2.0) as dog,
        driver(practice, "pod-network-latency") as application,
    ):
        killed_at = kill(application)
        until(lambda: faults_of(practice.state()), lambda faults: not faults)
        took = time.monotonic() - killed_at
        nothing_is_left(practice)
        dog.says("everything-ended")
        print(f"\npod-network-latency at the real pace: out of its pod {took:.1f} s after the kill, TTL 30 s")
        assert took < 60

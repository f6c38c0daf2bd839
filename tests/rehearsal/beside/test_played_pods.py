"""What is done to pods that KWOK plays: crashes, evictions, probes that fail; and helpers that others run."""

from __future__ import annotations

from deploy.cluster.bank.helpers import Helpers
from deploy.cluster.bank.mirror import Mirror
from deploy.cluster.bank.played import UNREADY, PlayedPods
from deploy.rehearsal.platform.facts import is_ready, phase, restarts
from deploy.rehearsal.platform.troubles import Effect, Troubles
from deploy.rehearsal.store import CHAOS_ENGINES, CHAOS_EXPERIMENTS, PODS, Object
from tests.rehearsal.beside.conftest import hears
from tests.rehearsal.beside.things import a_pod
from tests.support.rehearsal_api import RunningApi

FAULT = "pod-network-latency"


def known(elsewhere: RunningApi, mirror: Mirror, name: str = "one") -> Object:
    made = a_pod(elsewhere, name)
    hears(mirror, lambda: mirror.find(PODS, name, "payments"))
    return made


def now_of(mirror: Mirror, name: str = "one") -> Object:
    return mirror.get(PODS, name, "payments")


def test_a_killed_container_has_been_restarted_and_is_not_ready(
    elsewhere: RunningApi, mirror: Mirror
) -> None:
    troubles = Troubles()
    troubles.crashes[known(elsewhere, mirror)["metadata"]["uid"]] = "OOMKilled"
    PlayedPods(mirror, troubles).tick(0.0)
    pod = now_of(mirror)
    assert (restarts(pod), is_ready(pod), phase(pod)) == (1, False, "Running")
    ended = pod["status"]["containerStatuses"][0]["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (137, "OOMKilled")
    assert troubles.crashes == {}


def test_a_pod_whose_disk_is_full_is_evicted(elsewhere: RunningApi, mirror: Mirror) -> None:
    troubles = Troubles()
    troubles.evictions.add(known(elsewhere, mirror)["metadata"]["uid"])
    PlayedPods(mirror, troubles).tick(0.0)
    assert (phase(now_of(mirror)), now_of(mirror)["status"]["reason"]) == ("Failed", "Evicted")


def test_a_pod_that_answers_no_probes_is_held_unready_until_it_does(
    elsewhere: RunningApi, mirror: Mirror
) -> None:
    troubles = Troubles()
    uid = known(elsewhere, mirror)["metadata"]["uid"]
    troubles.apply(uid, "loss", Effect(blocks_probes=True))
    played = PlayedPods(mirror, troubles)
    played.tick(0.0)
    assert is_ready(now_of(mirror)), "one failed probe is none"
    played.tick(3.1)
    assert not is_ready(now_of(mirror))
    assert UNREADY in now_of(mirror)["metadata"]["annotations"]
    troubles.lift(uid, "loss")
    played.tick(3.2)
    assert UNREADY not in (now_of(mirror)["metadata"].get("annotations") or {})


def test_effects_of_a_pod_that_has_gone_are_forgotten(elsewhere: RunningApi, mirror: Mirror) -> None:
    troubles = Troubles()
    uid = known(elsewhere, mirror)["metadata"]["uid"]
    played = PlayedPods(mirror, troubles)
    played.tick(0.0)
    troubles.apply(uid, "loss", Effect(speed=0.5))
    mirror.delete(PODS, "one", "payments", grace=0)
    played.tick(0.1)
    assert troubles.effects(uid) == []


def a_helper(elsewhere: RunningApi, mirror: Mirror) -> None:
    """As go-runner makes one, for the pod `one`."""
    env = [{"name": "NETWORK_LATENCY", "value": "500"}, {"name": "TOTAL_CHAOS_DURATION", "value": "60"}]
    spec = {"experiments": [{"name": FAULT, "spec": {"components": {"env": env}}}]}
    meta = {"name": "gd-1", "namespace": "chaos"}
    engine = mirror.create(CHAOS_ENGINES, {"metadata": meta, "spec": spec})
    definition = {"metadata": {"name": FAULT, "namespace": "chaos"}, "spec": {"definition": {"env": []}}}
    mirror.create(CHAOS_EXPERIMENTS, definition)
    name = f"{FAULT}-helper-abcde"
    a_pod(elsewhere, name, "chaos", chaosUID=engine["metadata"]["uid"])
    targets = {"name": "TARGETS", "value": "one:payments:it"}
    container = {"name": "it", "image": "it", "env": [targets]}
    elsewhere.do(
        lambda: elsewhere.store.patch(PODS, name, {"spec": {"containers": [container]}}, "chaos"),
    )
    hears(mirror, lambda: mirror.find(PODS, name, "chaos"))
    hears(mirror, lambda: "env" in mirror.get(PODS, name, "chaos")["spec"]["containers"][0])


def test_a_helper_of_litmus_has_its_effect_while_it_runs(elsewhere: RunningApi, mirror: Mirror) -> None:
    troubles = Troubles()
    uid = known(elsewhere, mirror)["metadata"]["uid"]
    a_helper(elsewhere, mirror)
    helpers = Helpers(mirror, troubles)
    helpers.tick(0.0)
    helpers.tick(1.0)
    (effect,) = troubles.effects(uid)
    assert effect.answers[0].latency == 0.5
    mirror.delete(PODS, f"{FAULT}-helper-abcde", "chaos", grace=60)
    helpers.tick(1.1)
    assert troubles.effects(uid), "taking it out takes a moment"
    helpers.tick(4.0)
    assert troubles.effects(uid) == []


def test_a_helper_that_is_killed_leaves_its_effect_behind(elsewhere: RunningApi, mirror: Mirror) -> None:
    troubles = Troubles()
    uid = known(elsewhere, mirror)["metadata"]["uid"]
    a_helper(elsewhere, mirror)
    helpers = Helpers(mirror, troubles)
    helpers.tick(0.0)
    helpers.tick(1.0)
    mirror.delete(PODS, f"{FAULT}-helper-abcde", "chaos", grace=0)
    for tenths in range(11, 60):
        helpers.tick(tenths / 10)
    assert len(troubles.effects(uid)) == 1

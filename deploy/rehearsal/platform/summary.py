"""The platform in a few numbers, for tests and for people: GET /rehearsal/state."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from deploy.rehearsal.platform.facts import is_ready, is_serving, phase, restarts
from deploy.rehearsal.platform.switches import Switches
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.platform.world import World
from deploy.rehearsal.store import CHAOS_ENGINES, DEPLOYMENTS, JOBS, NETWORK_POLICIES, NODES, PODS, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of


def summary(world: World, switches: Switches) -> dict[str, Any]:
    store, traffic = world.store, world.traffic
    return {
        "seconds": round(world.now, 1),
        "switches": switches.positions(),
        "nodes": {
            name_of(node): {
                **state_of_node(node),
                "faults": sorted(world.troubles.node_effects[name_of(node)]),
                "effects": _plain(world.troubles.node_effects[name_of(node)].values()),
            }
            for node in store.view(NODES)
        },
        "pods": {
            f"{namespace_of(pod)}/{name_of(pod)}": {
                **state_of_pod(pod),
                "faults": world.troubles.causes(pod["metadata"]["uid"]),
                "effects": _plain(world.troubles.effects(pod["metadata"]["uid"])),
            }
            for pod in store.view(PODS)
        },
        "engines": {
            f"{namespace_of(engine)}/{name_of(engine)}": {
                "state": dig(engine, "spec", "engineState"),
                "status": dig(engine, "status", "engineStatus"),
                "going": is_going(engine),
            }
            for engine in store.view(CHAOS_ENGINES)
        },
        "replicas": {
            f"{namespace_of(one)}/{name_of(one)}": dig(one, "spec", "replicas")
            for one in store.view(DEPLOYMENTS)
        },
        "policies": {
            f"{namespace_of(one)}/{name_of(one)}": {
                "selects": dig(one, "spec", "podSelector", "matchLabels") or {},
                "types": dig(one, "spec", "policyTypes") or [],
            }
            for one in store.view(NETWORK_POLICIES)
        },
        "jobs": [f"{namespace_of(job)}/{name_of(job)}" for job in store.view(JOBS)],
        "traffic": {
            "requests": {f"{service} {code}": n for (service, code), n in traffic.totals.requests.items()},
            "breaker": traffic.payments.fraud.state.name.lower(),
            "kafka_lag": round(traffic.brokers.lag),
            "dead_letters": round(traffic.brokers.dead_letters),
            "ledger_broken": round(traffic.payments.ledger.broken, 3),
        },
    }


def _plain(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    return [asdict(effect) for effect in effects]


def state_of_node(node: Object) -> dict[str, Any]:
    taints = [f"{one['key']}:{one['effect']}" for one in dig(node, "spec", "taints") or []]
    return {
        "ready": is_ready(node),
        "cordoned": bool(dig(node, "spec", "unschedulable")),
        "taints": taints,
    }


def state_of_pod(pod: Object) -> dict[str, Any]:
    return {
        "phase": phase(pod),
        "serving": is_serving(pod),
        "terminating": is_going(pod),
        "restarts": restarts(pod),
        "node": dig(pod, "spec", "nodeName"),
        "app": (pod["metadata"].get("labels") or {}).get("app", ""),
    }

"""Engines to try the Litmus stand-in with."""

from typing import Any

from deploy.rehearsal.store import CHAOS_ENGINES, CHAOS_RESULTS, JOBS, PODS, Object
from deploy.rehearsal.store.objects import name_of
from tests.rehearsal.platform.bench import Bench

NAME = "run-1"
NODE = "worker-node-05"


def engine(
    name: str = NAME,
    *,
    fault: str = "pod-delete",
    env: dict[str, str] | None = None,
    place: dict[str, Any] | None = None,
    **spec: Any,
) -> Object:
    """A pod-delete of one round on payments-api; `env` and `spec` override what it says."""
    rounds = {"CHAOS_INTERVAL": "20"} if fault in ("pod-delete", "container-kill") else {}
    told = {"TOTAL_CHAOS_DURATION": "20", **rounds, **(env or {})}
    parts = {"env": [{"name": key, "value": value} for key, value in told.items()], **(place or {})}
    application = {"appns": "payments", "appkind": "deployment", "applabel": "app=payments-api"}
    asked = {"appinfo": application, **spec}
    return {
        "metadata": {"name": name, "namespace": "chaos", "labels": {"run": name}},
        "spec": {
            "engineState": "active",
            "chaosServiceAccount": "chaos-runner",
            "terminationGracePeriodSeconds": 60,
            "experiments": [{"name": fault, "spec": {"components": parts}}],
            **{key: value for key, value in asked.items() if value is not None},
        },
    }


def start(bench: Bench, name: str = NAME, *, wait: float = 0.5, **options: Any) -> Object:
    created = bench.store.create(CHAOS_ENGINES, engine(name, **options))
    bench.wait(wait)
    return created


def found(bench: Bench, name: str = NAME) -> Object | None:
    return bench.store.find(CHAOS_ENGINES, name, "chaos")


def status(bench: Bench, name: str = NAME) -> str:
    return str((bench.store.get(CHAOS_ENGINES, name, "chaos").get("status") or {}).get("engineStatus", ""))


def progress(bench: Bench, name: str = NAME) -> Object:
    """The engine's own word on its experiment."""
    entry: Object = bench.store.get(CHAOS_ENGINES, name, "chaos")["status"]["experiments"][0]
    return entry


def result(bench: Bench, name: str = NAME) -> Object | None:
    found = bench.store.view(CHAOS_RESULTS, "chaos")
    return next((one for one in found if one["spec"]["engine"] == name), None)


def outcome(bench: Bench, name: str = NAME) -> tuple[str, str]:
    found = result(bench, name)
    assert found, f"{name} has no result"
    told = found["status"]["experimentStatus"]
    return told["phase"], told["verdict"]


def chaos_pods(bench: Bench) -> list[str]:
    return [name_of(pod) for pod in bench.store.view(PODS, "chaos")]


def chaos_jobs(bench: Bench) -> list[str]:
    return [name_of(job) for job in bench.store.view(JOBS, "chaos")]


def injecting(bench: Bench, name: str = NAME) -> bool:
    """The experiment is under way and has killed its first pod."""
    return bool(result(bench, name)) and outcome(bench, name)[0] == "Running" and bench.serving() < 6


def set_state(bench: Bench, state: str, name: str = NAME) -> None:
    bench.store.patch(CHAOS_ENGINES, name, {"spec": {"engineState": state}}, "chaos")


def states(bench: Bench, name: str = NAME) -> dict[str, str]:
    """What the result says of each target, in flight and afterwards."""
    found = result(bench, name) or {"metadata": {}, "status": {}}
    history = (found["status"].get("history") or {}).get("targets") or []
    told = {f"{one['kind']}/{one['name']}": one["chaosStatus"] for one in history}
    return told | (found["metadata"].get("annotations") or {})


def helpers(bench: Bench) -> list[Object]:
    return [pod for pod in bench.store.view(PODS, "chaos") if "helper" in name_of(pod)]


def running(bench: Bench, fault: str, env: dict[str, str] | None = None, **options: Any) -> None:
    """An engine of this fault whose first target has it."""
    start(bench, fault=fault, env={"TOTAL_CHAOS_DURATION": "60", **(env or {})}, **options)
    bench.seconds_until(lambda: "injected" in states(bench).values())


def busy(bench: Bench, fault: str, **env: str) -> None:
    """An engine that keeps NODE busy."""
    start(bench, fault=fault, env={"TOTAL_CHAOS_DURATION": "60", "TARGET_NODES": NODE, **env}, appinfo=None)
    bench.seconds_until(lambda: bench.world.troubles.node_effects[NODE])


def gone(bench: Bench, name: str = NAME) -> None:
    """Delete the engine and wait until it is away."""
    bench.store.delete(CHAOS_ENGINES, name, "chaos")
    bench.seconds_until(lambda: found(bench, name) is None, at_most=20)

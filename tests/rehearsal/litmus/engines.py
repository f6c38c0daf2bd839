"""Engines to try the Litmus stand-in with."""

from typing import Any

from deploy.rehearsal.store import CHAOS_ENGINES, CHAOS_RESULTS, JOBS, PODS, Object
from deploy.rehearsal.store.objects import name_of
from tests.rehearsal.platform.bench import Bench

NAME = "run-1"


def engine(name: str = NAME, *, env: dict[str, str] | None = None, **spec: Any) -> Object:
    """A pod-delete of one round on payments-api; `env` and `spec` override what it says."""
    told = {"TOTAL_CHAOS_DURATION": "20", "CHAOS_INTERVAL": "20", **(env or {})}
    components = {"env": [{"name": key, "value": value} for key, value in told.items()]}
    return {
        "metadata": {"name": name, "namespace": "chaos", "labels": {"run": name}},
        "spec": {
            "engineState": "active",
            "chaosServiceAccount": "chaos-runner",
            "terminationGracePeriodSeconds": 60,
            "appinfo": {"appns": "payments", "appkind": "deployment", "applabel": "app=payments-api"},
            "experiments": [{"name": "pod-delete", "spec": {"components": components}}],
            **spec,
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
    return bench.store.find(CHAOS_RESULTS, f"{name}-pod-delete", "chaos")


def outcome(bench: Bench, name: str = NAME) -> tuple[str, str]:
    told = bench.store.get(CHAOS_RESULTS, f"{name}-pod-delete", "chaos")["status"]["experimentStatus"]
    return told["phase"], told["verdict"]


def chaos_pods(bench: Bench) -> list[str]:
    return [name_of(pod) for pod in bench.store.view(PODS, "chaos")]


def chaos_jobs(bench: Bench) -> list[str]:
    return [name_of(job) for job in bench.store.view(JOBS, "chaos")]


def injecting(bench: Bench, name: str = NAME) -> bool:
    """The experiment has killed its first pod."""
    found = result(bench, name)
    return bool(found and "injected" in (found["metadata"].get("annotations") or {}).values())


def set_state(bench: Bench, state: str, name: str = NAME) -> None:
    bench.store.patch(CHAOS_ENGINES, name, {"spec": {"engineState": state}}, "chaos")

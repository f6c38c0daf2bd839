"""Engines as our adapter sends them, or changed by a test, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from chaos.adapters import litmus_manifests as manifests
from chaos.domain.injection import Injection
from deploy.cluster.handle import Answered
from tests.adapters.faults.cases import CASES
from tests.adapters.things import until
from tests.cluster.litmus.bank import CHAOS, SETTINGS
from tests.cluster.litmus.chronicle import ENGINES, PODS
from tests.cluster.litmus.drill import RealDrill

Json = dict[str, Any]


class Engines:
    """Made by the administrator, of the drill's run: what a test leaves is swept with it."""

    def __init__(self, drill: RealDrill) -> None:
        self.drill, self.admin = drill, drill.bank.admin

    def planned(self, fault: str, seconds: int = 120) -> Injection:
        return self.drill.injection(CASES[fault], seconds)

    def of(self, injection: Injection) -> Json:
        """The manifest, with no owner."""
        manifest = manifests.engine(self.drill.ref, injection, "nobody", SETTINGS)
        del manifest["metadata"]["ownerReferences"]
        return manifest

    def make(self, manifest: Json) -> Json:
        return self.admin.ask("POST", ENGINES, manifest)

    def injected(self, manifest: Json) -> Json:
        """Made, and its fault is in a pod by its result's word."""
        engine = self.make(manifest)
        until(lambda: self.said(engine), lambda said: "injected" in said)
        return engine

    def several(self, count: int, fault: str) -> list[Json]:
        """Each injected into a pod of its own."""
        one = self.planned(fault)
        pods = self.drill.make().pods("payments", {"app": "payments-api"})[:count]
        each = [
            replace(one, name=f"{one.name}{n}", targets=(pod,), env={**one.env, "TARGET_PODS": pod.name})
            for n, pod in enumerate(pods)
        ]
        engines = [self.make(self.of(injection)) for injection in each]
        for engine in engines:
            until(partial(self.said, engine), lambda said: "injected" in said, seconds=120)
        return engines

    def patch(self, engine: Json, **spec: str) -> None:
        self.admin.ask("PATCH", path(engine), {"spec": spec}, "merge-patch+json")

    def delete(self, engine: Json, uid: str = "") -> None:
        """Raises Answered where another has the name by now."""
        preconditions = {"preconditions": {"uid": uid or engine["metadata"]["uid"]}}
        self.admin.ask("DELETE", path(engine), preconditions)

    def now(self, engine: Json) -> Json:
        """As it is; empty where it is gone."""
        try:
            return self.admin.ask("GET", path(engine))
        except Answered as refused:
            if refused.status != 404:
                raise
            return {}

    def becomes(self, engine: Json, is_so: Callable[[Json], object], seconds: float = 90.0) -> Json:
        return until(lambda: self.now(engine), is_so, seconds)

    def is_stopped(self, engine: Json) -> Json:
        return self.becomes(engine, lambda now: status(now).get("engineStatus") == "stopped")

    def is_gone(self, engine: Json) -> None:
        self.becomes(engine, lambda now: not now)

    def result(self, engine: Json) -> Json:
        """Empty where there is none."""
        name = f"{engine['metadata']['name']}-{engine['spec']['experiments'][0]['name']}"
        try:
            return self.admin.ask("GET", f"{CHAOS}/chaosresults/{name}")
        except Answered as refused:
            if refused.status != 404:
                raise
            return {}

    def said(self, engine: Json) -> list[str]:
        """Of its targets, by the annotations of a result that is under way."""
        return list((self.result(engine).get("metadata", {}).get("annotations") or {}).values())

    def pods(self, engine: Json) -> list[Json]:
        """Those that are not asked to go."""
        found = self.admin.ask("GET", f"{PODS}?labelSelector=chaosUID%3D{engine['metadata']['uid']}")["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def experiments(self, engine: Json) -> list[Json]:
        return [pod for pod in self.pods(engine) if "job-name" in pod["metadata"]["labels"]]

    def events(self, engine: Json) -> dict[str, int]:
        """What was said of it, and how often."""
        found = self.admin.ask("GET", "/api/v1/namespaces/chaos/events")["items"]
        counts: dict[str, int] = {}
        for event in found:
            if event["involvedObject"].get("uid") == engine["metadata"]["uid"]:
                counts[event["reason"]] = counts.get(event["reason"], 0) + (event.get("count") or 1)
        return counts


def path(engine: Json) -> str:
    return f"{ENGINES}/{engine['metadata']['name']}"


def status(engine: Json) -> Json:
    return dict(engine.get("status") or {})


def finalizers(engine: Json) -> list[str]:
    return list(engine["metadata"].get("finalizers") or [])

"""A control plane for many nodes: they report as seldom as kubelets write their whole status, not as often as
KWOK plays it for a few."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from deploy.cluster.plane import MANIFESTS, Plane

REPORT_AFTER, REPORT_WITHIN = 300, 600  # seconds
LOST_AFTER = 1800  # seconds
STAGES = "stages.yaml"
AT_ONCE = {
    "apiVersion": "config.kwok.x-k8s.io/v1alpha1",
    "kind": "KwokConfiguration",
    "options": {"podPlayStageParallelism": 64, "nodePlayStageParallelism": 16},
}
"""Four pods at once, as usual, would take a quarter of an hour for all."""


@dataclass(frozen=True, slots=True)
class CalmPlane(Plane):
    """In all else as `make cluster` starts it."""

    def prepare(self) -> None:
        Plane.prepare(self)
        stages = list(yaml.safe_load_all((MANIFESTS / STAGES).read_text("utf-8")))
        for stage in stages:
            if stage["metadata"]["name"] == "node-heartbeat":
                delay = {"durationMilliseconds": REPORT_AFTER * 1000}
                stage["spec"]["delay"] = {**delay, "jitterDurationMilliseconds": REPORT_WITHIN * 1000}
        (self.folder / STAGES).write_text(yaml.safe_dump_all([*stages, AT_ONCE]), "utf-8")

    def controllers(self) -> list[str]:
        return [*Plane.controllers(self), f"--node-monitor-grace-period={LOST_AFTER}s"]

    def kwok(self) -> list[str]:
        given = [one for one in Plane.kwok(self) if not one.startswith("--config=")]
        return [*given, f"--config={STAGES}"]

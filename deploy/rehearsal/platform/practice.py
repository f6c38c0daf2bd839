"""The chaos namespace: the experiments that are installed there."""

from pathlib import Path

import yaml

from deploy.rehearsal.litmus.faults import FAULTS
from deploy.rehearsal.store import CHAOS_EXPERIMENTS, Cluster, Object

SHIPPED = Path(__file__).resolve().parents[2] / "litmus" / "experiments"


def install(store: Cluster) -> None:
    """One ChaosExperiment for each fault that the stand-in can run, as an administrator applies them."""
    for name in FAULTS:
        store.create(CHAOS_EXPERIMENTS, experiment(name))


def experiment(name: str) -> Object:
    """The ChaosExperiment of deploy/litmus."""
    found: Object = yaml.safe_load((SHIPPED / f"{name}.yaml").read_text("utf-8"))
    return {"metadata": found["metadata"], "spec": found["spec"]}

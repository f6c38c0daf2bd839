"""What terminationGracePeriodSeconds of an engine is for, seen in the middle of a fault by a helper."""

from __future__ import annotations

import time

import pytest

from tests.cluster.litmus.chronicle import (
    Chronicle,
    has_ended,
    is_experiment,
    is_helper,
    is_result_stopped,
    is_reverted,
)
from tests.cluster.litmus.engines import Engines
from tests.cluster.litmus.figures import Figures

pytestmark = pytest.mark.cluster

KUBERNETES_OWN = 30  # seconds, for pods that say nothing


@pytest.mark.parametrize("grace", [None, 0, 30, 60], ids=lambda grace: f"{grace}")
def test_a_helper_gets_the_grace_of_its_engine_and_the_experiment_never_none(
    engines: Engines, chronicle: Chronicle, figures: Figures, grace: int | None
) -> None:
    manifest = engines.of(engines.planned("pod-network-latency"))
    del manifest["spec"]["terminationGracePeriodSeconds"]
    if grace is not None:
        manifest["spec"]["terminationGracePeriodSeconds"] = grace
    engine = engines.injected(manifest)
    graces = {
        "-helper-" in pod["metadata"]["name"]: pod["spec"]["terminationGracePeriodSeconds"]
        for pod in engines.pods(engine)
        if not pod["metadata"]["name"].endswith("-runner")
    }
    assert graces == {True: grace or 0, False: grace or KUBERNETES_OWN}

    began = time.monotonic()
    engines.patch(engine, engineState="stop")
    engines.is_stopped(engine)
    gone = chronicle.when(engine, lambda event: is_helper(event) and event.what == "DELETED")
    ended = chronicle.when(engine, has_ended)
    was_seen_to_end = any(is_helper(event) and event.has_terminated for event in chronicle.of(engine))
    assert was_seen_to_end == bool(grace), "with a grace of 0 its object goes before its process"
    experiment_gone = chronicle.when(engine, lambda event: is_experiment(event) and event.what == "DELETED")
    assert max(gone, experiment_gone) < ended
    figures.say(
        f"grace {grace}",
        reverted=chronicle.when(engine, is_reverted, began) - began,
        helper_gone=gone - began,
        result_stopped=chronicle.when(engine, is_result_stopped) - began,
        experiment_gone=experiment_gone - began,
        engine_stopped=ended - began,
    )

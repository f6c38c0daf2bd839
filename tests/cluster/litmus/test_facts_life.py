"""An engine's life as Litmus' own operator leads it: finalizer, states, and what never gets started."""

from __future__ import annotations

from typing import Any

import pytest

from deploy.cluster.handle import Cluster
from tests.adapters.things import until
from tests.cluster.litmus.chronicle import ENGINES, Chronicle
from tests.cluster.litmus.engines import Engines, finalizers, path, status
from tests.cluster.litmus.figures import Figures

pytestmark = pytest.mark.cluster

Json = dict[str, Any]
LITMUS = "chaosengine.litmuschaos.io/finalizer"
OURS = "gameday.example/ours"
PANICS = 2  # exit code
WARNING = "ChaosResourcesOperationFailed"


def test_finalizer_and_initialized_come_at_once(engines: Engines, chronicle: Chronicle) -> None:
    engine = engines.make(engines.of(engines.planned("node-taint")))
    until(lambda: engines.experiments(engine), bool)
    chronicle.when(engine, lambda event: status(event.thing).get("engineStatus") == "initialized")
    seen = {
        (bool(finalizers(event.thing)), status(event.thing).get("engineStatus"))
        for event in chronicle.of(engine)
        if event.path == ENGINES
    }
    assert seen == {(False, None), (True, "initialized")}


def test_with_a_finalizer_of_ours_a_stop_is_not_heard_and_a_delete_is(
    engines: Engines, our_cluster: Cluster
) -> None:
    manifest = engines.of(engines.planned("node-taint"))
    manifest["metadata"]["finalizers"] = [OURS]
    engine = engines.make(manifest)
    until(lambda: engines.experiments(engine), bool)
    engines.patch(engine, engineState="stop")
    handled_by_now(engines)
    now = engines.now(engine)
    assert (now["spec"]["engineState"], finalizers(now)) == ("stop", [OURS])
    assert "engineStatus" not in status(now)
    assert engines.experiments(engine)

    engines.delete(engine)
    until(lambda: engines.pods(engine), lambda pods: not pods)
    assert finalizers(engines.becomes(engine, lambda now: "engineStatus" in status(now))) == [OURS]
    our_cluster.ask("PATCH", path(engine), {"metadata": {"finalizers": None}}, "merge-patch+json")
    engines.is_gone(engine)


def test_active_on_a_stopped_engine_runs_it_again(
    engines: Engines, chronicle: Chronicle, figures: Figures
) -> None:
    engine = engines.make(engines.of(engines.planned("node-taint")))
    first = until(lambda: engines.experiments(engine), bool)[0]
    engines.patch(engine, engineState="stop")
    assert finalizers(engines.is_stopped(engine)) == []
    engines.patch(engine, engineState="active")
    again = until(lambda: engines.experiments(engine), bool)[0]
    assert again["metadata"]["uid"] != first["metadata"]["uid"]
    now = engines.now(engine)
    assert (finalizers(now), status(now)["engineStatus"]) == ([LITMUS], "initialized")
    active = chronicle.when(
        engine,
        lambda event: event.path == ENGINES and event.thing["spec"]["engineState"] == "active",
        chronicle.when(engine, lambda event: status(event.thing).get("engineStatus") == "stopped"),
    )
    made = chronicle.when(engine, lambda event: event.name == again["metadata"]["name"])
    figures.say("active on a stopped engine", next_experiment=made - active)


def test_an_engine_that_is_created_stopped_stays_without_status(engines: Engines) -> None:
    manifest = engines.of(engines.planned("node-taint"))
    manifest["spec"]["engineState"] = "stop"
    engine = engines.make(manifest)
    handled_by_now(engines)
    now = engines.now(engine)
    assert (status(now), finalizers(now), engines.pods(engine)) == ({}, [], [])


@pytest.mark.parametrize("what", ["experiment", "account"])
def test_without_its_experiment_or_account_an_engine_stays_initialized_with_warnings(
    engines: Engines, what: str
) -> None:
    manifest = engines.of(engines.planned("node-taint"))
    if what == "experiment":
        manifest["spec"]["experiments"][0]["name"] = "no-such-fault"
    else:
        manifest["spec"]["chaosServiceAccount"] = "nobody-such"
    engine = engines.make(manifest)
    events = until(lambda: engines.events(engine), lambda counts: counts.get(WARNING, 0) > 2)
    assert events["ChaosEngineInitialized"] == 1
    assert status(engines.now(engine)) == {"engineStatus": "initialized", "experiments": None}
    assert engines.pods(engine) == []


def test_half_an_appinfo_is_stopped_without_a_word_about_it(engines: Engines) -> None:
    engine = half_an_appinfo(engines)
    now = engines.is_stopped(engine)
    assert (now["spec"]["engineState"], status(now)["experiments"], finalizers(now)) == ("stop", None, [])
    assert set(engines.events(engine)) <= {"ChaosEngineInitialized"}


def test_a_panic_leaves_completed_behind_and_a_job_that_tries_again(engines: Engines) -> None:
    """What the runner makes of it is played; the panic, the Job and the operator are not."""
    manifest = engines.of(engines.planned("node-taint"))
    manifest["spec"]["appinfo"] = {"appns": "payments"}
    engine = engines.make(manifest)
    now = engines.becomes(engine, lambda now: status(now).get("engineStatus") == "completed")
    assert finalizers(now) == [LITMUS]
    assert engines.result(engine) == {}
    pods = until(lambda: engines.experiments(engine), lambda pods: len(pods) > 1)
    states = [one["state"] for pod in pods for one in pod["status"].get("containerStatuses") or []]
    assert PANICS in [state.get("terminated", {}).get("exitCode") for state in states]
    assert engines.result(engine) == {}


def half_an_appinfo(engines: Engines) -> Json:
    manifest = engines.of(engines.planned("node-taint"))
    manifest["metadata"]["name"] += "9"
    manifest["spec"]["appinfo"] = {"appns": "payments", "appkind": "deployment"}
    return engines.make(manifest)


def handled_by_now(engines: Engines) -> None:
    """The operator takes one engine after another: what came before this one, it has looked at."""
    engines.is_stopped(half_an_appinfo(engines))

"""What a real API server takes as Litmus' objects, by the definitions of the operator's own module.

Nothing is kept: each request is a dry run, which goes through everything but the store.
"""

from __future__ import annotations

from typing import Any

import pytest

from deploy.cluster.handle import Answered, Cluster

pytestmark = pytest.mark.cluster

Json = dict[str, Any]


class Desk:
    """Engines handed in at one namespace."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster, self.path = (
            cluster,
            f"/apis/litmuschaos.io/v1alpha1/namespaces/{namespace}/chaosengines",
        )

    def take(self, spec: Json, **more: Json) -> Json:
        """The engine as it would be stored. Raises Answered."""
        metadata = {"name": "schema", **more.pop("metadata", {})}
        body = {"apiVersion": "litmuschaos.io/v1alpha1", "kind": "ChaosEngine", "metadata": metadata}
        return self._cluster.ask("POST", f"{self.path}?dryRun=All", {**body, "spec": spec, **more})

    def refusal(self, spec: Json) -> str:
        """What it says in refusing that."""
        with pytest.raises(Answered) as refused:
            self.take(spec)
        assert refused.value.status == 422, refused.value
        return str(refused.value)


@pytest.fixture
def desk(litmus_kinds: Cluster, namespace: str) -> Desk:
    return Desk(litmus_kinds, namespace)


def an_experiment(**spec: Any) -> Json:
    return {"experiments": [{"name": "pod-delete", "spec": spec}]}


def a_probe(**runs: object) -> Json:
    inputs = {"endpoint": "http://p", "query": "up", "comparator": {"criteria": "<=", "value": "5"}}
    probe = {"name": "p99", "type": "promProbe", "mode": "Continuous", "promProbe/inputs": inputs}
    return an_experiment(probe=[{**probe, "runProperties": runs}])


def test_times_of_probes_are_texts_with_a_unit_and_numbers_are_refused(desk: Desk) -> None:
    desk.take(a_probe(probeTimeout="5s", interval="1s", probePollingInterval="2s", initialDelay="1s"))
    for key in ("probeTimeout", "interval", "probePollingInterval", "initialDelay", "evaluationTimeout"):
        said = desk.refusal(a_probe(**{"probeTimeout": "5s", "interval": "1s", key: 5}))
        assert f"runProperties.{key}" in said and "must be of type string" in said
    said = desk.refusal(a_probe(probeTimeout="5s", interval="1s", attempt="3"))
    assert "runProperties.attempt" in said and "must be of type integer" in said


@pytest.mark.parametrize(
    "spec",
    [
        {"engineState": "paused"},
        {"engineState": ""},
        {"jobCleanUpPolicy": "keep"},
        {"appinfo": {"appkind": "pod"}},
        {"terminationGracePeriodSeconds": "60"},
    ],
    ids=str,
)
def test_words_that_litmus_does_not_know_are_refused(desk: Desk, spec: Json) -> None:
    assert f"spec.{next(iter(spec))}" in desk.refusal(spec)


def test_words_that_litmus_knows_are_taken(desk: Desk) -> None:
    for kind in ("", "deployment", "statefulset", "daemonset", "deploymentconfig", "rollout"):
        desk.take({"engineState": "stop", "jobCleanUpPolicy": "retain", "appinfo": {"appkind": kind}})


def test_settings_are_texts_with_any_name(desk: Desk) -> None:
    def setting(**env: object) -> Json:
        return an_experiment(components={"env": [env]})

    taken = desk.take(setting(name="NOBODY_READS_THIS", value="1"))
    (experiment,) = taken["spec"]["experiments"]
    assert experiment["spec"]["components"]["env"] == [{"name": "NOBODY_READS_THIS", "value": "1"}]
    assert "env[0].value" in desk.refusal(setting(name="TOTAL_CHAOS_DURATION", value=30))
    assert "env[0].name" in desk.refusal(setting(value="30"))


def test_keys_that_nobody_knows_vanish_but_in_four_places(desk: Desk) -> None:
    kept = {"unknown": "kept"}
    spec = an_experiment(components=kept, unknown="gone")
    spec["experiments"][0] |= {"rank": 1}
    taken = desk.take(
        {**spec, **kept, "components": {"runner": kept, "unknown": "gone"}, "appinfo": {"unknown": "gone"}},
        status=kept,
        unknown={},
    )
    assert taken["spec"] == {
        **kept,
        "components": {"runner": kept},
        "appinfo": {},
        "experiments": [{"name": "pod-delete", "spec": {"components": kept}}],
    }
    assert taken["status"] == kept
    assert "unknown" not in taken


def test_an_empty_engine_is_taken_as_it_is(desk: Desk) -> None:
    assert desk.take({})["spec"] == {}


def test_status_is_no_resource_of_its_own(litmus_kinds: Cluster, desk: Desk) -> None:
    assert desk.take({}, status={"engineStatus": "completed"})["status"] == {"engineStatus": "completed"}
    served = litmus_kinds.ask("GET", "/apis/litmuschaos.io/v1alpha1")["resources"]
    assert [one["name"] for one in served if "/" in one["name"]] == []
    with pytest.raises(Answered) as refused:
        litmus_kinds.ask("PATCH", f"{desk.path}/schema/status", {"status": {}}, "merge-patch+json")
    assert refused.value.status == 404

"""From recorded JSON to sights: what Litmus leaves out, renames and folds away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chaos.adapters.litmus_parse import Belonging, Owner, engine, engine_pods, node, pod, residue, result
from chaos.domain.sight import EnginePod, ResidueKind
from chaos.ports import RunRef

NOW = datetime(2026, 3, 1, 9, 1, 0, tzinfo=UTC)
REF = RunRef("0b5ff2a0-1111-4222-8333-444455556666", "bank-1", "s")
OURS = {"gameday/run": REF.run, "gameday/installation": REF.installation}


def thing(name: str = "x", uid: str = "u", **rest: Any) -> dict[str, Any]:
    meta = {"name": name, "uid": uid, "namespace": "chaos"}
    for key in ("labels", "annotations", "finalizers", "deletionTimestamp", "deletionGracePeriodSeconds"):
        if key in rest:
            meta[key] = rest.pop(key)
    return {"metadata": meta, **rest}


@pytest.mark.parametrize(
    ("status", "is_ready"),
    [
        ({"conditions": [{"type": "Ready", "status": "True"}]}, True),
        ({"conditions": [{"type": "Ready", "status": "False"}]}, False),
        ({"conditions": [{"type": "Ready", "status": "Unknown"}]}, False),
        ({"conditions": [{"type": "ContainersReady", "status": "True"}]}, False),
        ({"conditions": None}, False),
        (None, False),
    ],
)
def test_a_pod_is_ready_only_when_it_says_so(status: Any, is_ready: bool) -> None:
    assert pod(thing(status=status, spec=None)).is_ready is is_ready


@pytest.mark.parametrize(
    ("owner", "annotations", "is_of_node"),
    [
        ({"kind": "DaemonSet", "controller": True}, None, True),
        ({"kind": "Node", "controller": True}, None, True),
        ({"kind": "ReplicaSet", "controller": True}, None, False),
        ({"kind": "DaemonSet"}, None, False),
        (None, {"kubernetes.io/config.mirror": "hash"}, True),
        (None, None, False),
    ],
)
def test_a_pod_of_its_node_is_told_by_its_controller_or_as_a_mirror(
    owner: Any, annotations: Any, is_of_node: bool
) -> None:
    obj = thing(annotations=annotations)
    obj["metadata"]["ownerReferences"] = [owner] if owner else None
    found = pod(obj)
    assert found.is_of_node is is_of_node
    assert not (found.is_of_node and found.is_bare)


@pytest.mark.parametrize(
    ("owner", "labels", "workload"),
    [
        ({"kind": "ReplicaSet", "name": "api-7d4b9"}, {"pod-template-hash": "7d4b9"}, "deployment api"),
        ({"kind": "ReplicaSet", "name": "api-by-hand"}, {}, "replicaset api-by-hand"),
        ({"kind": "StatefulSet", "name": "kafka"}, {}, "statefulset kafka"),
        ({"kind": "DaemonSet", "name": "proxy"}, {}, "daemonset proxy"),
    ],
)
def test_a_pods_workload_is_its_controller_and_behind_a_replica_set_the_deployment(
    owner: Any, labels: Any, workload: str
) -> None:
    obj = thing(labels=labels)
    obj["metadata"]["ownerReferences"] = [{**owner, "controller": True}]
    assert pod(obj).workload == workload


def test_a_pod_without_a_controller_has_no_workload() -> None:
    assert pod(thing()).workload == ""


@pytest.mark.parametrize(
    ("conditions", "pressures"),
    [
        (
            [{"type": "DiskPressure", "status": "True"}, {"type": "Ready", "status": "True"}],
            ("DiskPressure",),
        ),
        ([{"type": "MemoryPressure", "status": "False"}, {"type": "PIDPressure", "status": "Unknown"}], ()),
        ([{"status": "True"}], ()),
        (None, ()),
    ],
)
def test_a_node_is_under_a_pressure_only_when_it_says_so(conditions: Any, pressures: Any) -> None:
    assert node(thing(status={"conditions": conditions})).pressures == pressures


def test_a_nodes_hostname_is_its_label_and_not_its_name() -> None:
    assert node(thing("ip-10-0-0-1.internal", labels={"kubernetes.io/hostname": "ip-10-0-0-1"})).hostname == (
        "ip-10-0-0-1"
    )
    assert node(thing("node-1")).hostname == ""


def test_the_pods_of_an_engine_are_told_by_its_uid_whatever_their_names() -> None:
    engines = [thing("gd-0b5ff2a0-0", "uid-e")]
    running: dict[str, Any] = {"spec": {"nodeName": "node-1"}, "status": {"phase": "Running"}}
    found = [
        thing("node-cpu-hog-helper-x", labels={"chaosUID": "uid-e"}, **running),
        thing("gd-0b5ff2a0-0-runner", labels={"chaosUID": "uid-e"}, spec={}, status=None),
        thing("gd-0b5ff2a0-0-of-another-uid", labels={"chaosUID": "uid-other"}, **running),
        thing("unlabelled", **running),
    ]
    assert engine_pods(found, engines) == (
        EnginePod("gd-0b5ff2a0-0", "node-cpu-hog-helper-x", "node-1", is_running=True),
        EnginePod("gd-0b5ff2a0-0", "gd-0b5ff2a0-0-runner", ""),
    )


def test_an_engine_may_have_no_status_or_null_experiments() -> None:
    assert engine(thing()).status == ""
    assert engine(thing(status={"engineStatus": "initialized", "experiments": None})).verdict == ""
    seen = engine(thing(status={"engineStatus": "completed", "experiments": [{"verdict": "Pass"}]}))
    assert (seen.status, seen.verdict) == ("completed", "Pass")


def test_targets_in_flight_are_read_from_annotations_and_ended_ones_from_the_history() -> None:
    seen = result(
        thing(
            annotations={"pod/a": "injected", "kubectl.kubernetes.io/x": "y", "pod/c": "odd"},
            spec={"engine": "gd-1"},
            status={
                "experimentStatus": {
                    "phase": "Error",
                    "verdict": "Error",
                    "errorOutput": {"errorCode": "TARGET_SELECTION_ERROR", "reason": "no pod"},
                },
                "history": {
                    "targets": [
                        {"kind": "pod", "name": "a", "chaosStatus": "targeted"},
                        {"kind": "pod", "name": "b", "chaosStatus": "reverted"},
                    ]
                },
            },
        )
    )
    assert seen.targets == {"pod/a": "injected", "pod/b": "reverted"}
    assert seen.error == "TARGET_SELECTION_ERROR: no pod"
    assert result(thing(status={"history": None, "experimentStatus": None})).targets == {}


def env(name: str) -> dict[str, Any]:
    return {"containers": [{"env": [{"name": "CHAOSENGINE", "value": name}, {"name": "X"}]}]}


LITMUS = {"chaosUID": "engine-1"}


@pytest.mark.parametrize(
    "obj",
    [
        thing(labels=OURS),
        thing(labels={**LITMUS, **OURS}),
        thing("gd-0b5ff2a0-0-runner", labels=LITMUS),
        thing("gd-0b5ff2a0-0-pod-delete", labels=LITMUS),
        thing("pod-delete-abc123", labels=LITMUS, spec={"template": {"spec": env("gd-0b5ff2a0-0")}}),
        thing("pod-delete-abc123-xyz", labels=LITMUS, spec=env("gd-0b5ff2a0-0")),
    ],
)
def test_what_is_of_the_run_is_known_without_having_seen_its_engine(obj: dict[str, Any]) -> None:
    owner = Belonging().owner(obj)
    assert owner is not None
    assert owner.is_of(REF)


@pytest.mark.parametrize(
    "obj",
    [
        thing("pod-delete-abc123", labels=LITMUS),
        thing("gd-runner", labels=LITMUS),
        thing("gd-0b5ff2a0x-0-runner", labels=LITMUS),
        thing("other", labels={**LITMUS}, spec=env("someone-elses-engine")),
        thing("pod-delete", labels=None, spec={"containers": None}),
    ],
)
def test_what_nothing_ties_to_us_is_not_ours(obj: dict[str, Any]) -> None:
    assert Belonging().owner(obj) is None


@pytest.mark.parametrize(
    "teacher",
    [
        ([thing("gd-0b5ff2a0-0", "engine-1", labels=OURS)], True),
        ([thing("some-pod", labels={**LITMUS, **OURS})], False),
        ([thing("gd-0b5ff2a0-0-pod-delete", labels=LITMUS)], False),
    ],
)
def test_one_object_that_is_ours_tells_whose_the_chaos_uid_is(teacher: Any) -> None:
    belonging = Belonging()
    belonging.learn(teacher[0], are_engines=teacher[1])
    owner = belonging.owner(thing("pod-delete-helper", labels=LITMUS))
    assert owner is not None
    assert owner.is_of(REF)


def test_what_is_known_from_before_still_counts() -> None:
    belonging = Belonging({"engine-1": Owner(REF.short, REF.run, REF.installation)})
    owner = belonging.owner(thing("pod-delete-helper", labels=LITMUS))
    assert owner is not None
    assert owner.is_of(REF)
    assert not owner.is_of(RunRef(REF.run, "bank-2", "s"))


def test_residue_says_since_when_it_is_going_and_what_holds_it() -> None:
    """A pod's deletionTimestamp is when its grace will be over, not when it was asked to go."""
    going = thing(
        labels=OURS,
        finalizers=["a/b", "c/d"],
        deletionTimestamp="2026-03-01T09:01:50Z",
        deletionGracePeriodSeconds=60,
        status={"phase": "Running"},
    )
    item = residue(ResidueKind.POD, going, Owner(REF.short, REF.run, "bank-1"), NOW)
    assert item.detail == "Running, Terminating since 10 s, finalizers a/b, c/d"
    assert str(item) == "Pod chaos/x (Running, Terminating since 10 s, finalizers a/b, c/d)"


def test_residue_known_only_by_its_name_says_of_which_run() -> None:
    item = residue(ResidueKind.RESULT, thing("gd-0b5ff2a0-0-x"), Owner("0b5ff2a0"), NOW)
    assert (item.run, item.detail) == ("", "of a run 0b5ff2a0…")

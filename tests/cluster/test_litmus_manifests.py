"""What is put on a control plane of ours beside what Litmus' own module carries."""

from __future__ import annotations

from typing import Any

from chaos.faults.catalogue import FAULTS
from chaos.faults.own_rights import UNDO_TARGET
from chaos.faults.rights import FAMILIES
from deploy.cluster.litmus import deployment
from deploy.cluster.litmus_chaos import manifests
from tests.cluster.pod_runner import SELECTOR


def theirs() -> dict[str, Any]:
    container = {
        "name": "chaos-operator",
        "image": "litmuschaos/chaos-operator:ci",
        "command": ["chaos-operator"],
        "args": ["-leader-elect=true"],
        "env": [
            {"name": "CHAOS_RUNNER_IMAGE", "value": "of theirs"},
            {"name": "WATCH_NAMESPACE", "value": ""},
        ],
    }
    template = {"metadata": {"labels": {"name": "chaos-operator"}}, "spec": {"containers": [container]}}
    return {"spec": {"template": template}}


def test_the_operator_takes_no_port_tells_nobody_and_is_left_to_the_pod_runner() -> None:
    template = deployment(theirs())["spec"]["template"]
    (container,) = template["spec"]["containers"]
    env = {one["name"]: one["value"] for one in container["env"]}
    assert container["args"] == ["-metrics-bind-address=0", "-health-probe-bind-address=0"]
    assert (env["ANALYTICS"], env["WATCH_NAMESPACE"]) == ("FALSE", "")
    assert env["CHAOS_RUNNER_IMAGE"].startswith("litmuschaos/chaos-runner:")
    assert SELECTOR in template["metadata"]["labels"]


def test_every_experiment_is_installed_and_every_account_let_into_the_targets() -> None:
    things = list(manifests(["payments", "kafka"]))
    named = [(thing["kind"], thing["metadata"]["name"]) for thing in things]
    assert named[0] == ("Namespace", "chaos")
    experiments = {name for kind, name in named if kind == "ChaosExperiment"}
    assert experiments == {name for name, fault in FAULTS.items() if fault.family}
    let_in = {
        (thing["metadata"]["namespace"], thing["metadata"]["name"])
        for thing in things
        if thing["kind"] == "RoleBinding" and thing["metadata"]["namespace"] != "chaos"
    }
    own = {f"chaos-{family.name}" for family in FAMILIES.values() if family.target}
    ours = {f"gameday-{family.name}" for family in FAMILIES.values() if family.ours_target}
    undo = {f"gameday-{family}-undo" for family in UNDO_TARGET}
    assert let_in == {(namespace, name) for namespace in ("payments", "kafka") for name in own | ours | undo}

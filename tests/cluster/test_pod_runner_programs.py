"""What the pod runner starts for a container, and with which variables; and the Job of the played runner."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cluster.pod_runner.api import ApiError, Json
from tests.cluster.pod_runner.chaos_job import job_of
from tests.cluster.pod_runner.environment import NotResolved, environment
from tests.cluster.pod_runner.helper import Target, targets
from tests.cluster.pod_runner.programs import Binaries, command
from tests.cluster.pods import a_pod

BUILT = Binaries(Path("/built/operator"), Path("/built/go-runner"), Path("/built/kubectl"))
GO_RUNNER = "registry.bank.example/mirror/litmuschaos/go-runner:3.28.0"


def of(image: str, *told: str) -> list[str]:
    argv = command({"image": image, "command": [*told[:1]], "args": [*told[1:]]}, BUILT, Path("/kube"))
    return argv[2:] if argv[0] == sys.executable else argv


def test_litmus_programs_stand_for_its_images() -> None:
    assert of("litmuschaos/chaos-operator:3", "chaos-operator", "-x") == ["/built/operator", "-x"]
    assert of("litmuschaos/chaos-runner@sha256:0") == ["tests.cluster.pod_runner.chaos_runner"]
    experiment = of(GO_RUNNER, "/bin/bash", "-c", "./experiments -name pod-delete")
    assert experiment == ["/built/go-runner", "-name", "pod-delete", "-kubeconfig", "/kube"]
    helper = of(GO_RUNNER, "/bin/bash", "-c", "./helpers -name network-chaos")
    assert helper == ["tests.cluster.pod_runner.helper"]


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("ubuntu:16.04", ("/bin/bash", "-c", "sleep 10 && systemctl stop kubelet")),
        ("elsewhere/go-runner:3", ("/bin/bash", "-c", "./experiments -name pod-delete")),
        (GO_RUNNER, ("/bin/bash", "-c", "./experiments -name ec2-terminate-by-id")),
        (GO_RUNNER, ("/bin/bash", "-c", "./experiments -name pod-delete; reboot")),
        (GO_RUNNER, ("/bin/bash", "-c", "reboot")),
        ("litmuschaos/chaos-runner:3", ("/bin/sh", "-c", "reboot")),
        ("litmuschaos/chaos-operator:3", ("/bin/sh", "-c", "reboot")),
    ],
)
def test_whatever_else_an_image_would_run_is_played(image: str, told: tuple[str, ...]) -> None:
    assert of(image, *told) == ["tests.cluster.pod_runner.idle"]


def test_a_stressor_is_played_for_as_long_as_it_would_last() -> None:
    told = ("stress-ng", "--cpu", "2", "--cpu-load", "50", "--timeout", "60")
    assert of(GO_RUNNER, *told) == ["tests.cluster.pod_runner.idle", "60"]


KEPT: dict[tuple[str, str], Json] = {
    ("configmaps", "places"): {"data": {"HOME_TOWN": "Bern"}},
    ("secrets", "words"): {"data": {"first": "c2VzYW1l"}},
}


def find(kind: str, name: str) -> Json:
    if (kind, name) not in KEPT:
        raise ApiError(404, f"no {kind} {name}")
    return KEPT[kind, name]


def test_variables_are_values_and_references_in_their_order() -> None:
    pod = a_pod(
        envFrom=[{"configMapRef": {"name": "places"}, "prefix": "MY_"}],
        env=[
            {"name": "A", "value": "1"},
            {"name": "B", "value": "$(A) of $(MY_HOME_TOWN), $(UNKNOWN), $$(A)"},
            {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "APP", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['app']"}}},
            {"name": "WORD", "valueFrom": {"secretKeyRef": {"name": "words", "key": "first"}}},
            {"name": "NONE", "valueFrom": {"configMapKeyRef": {"name": "no", "key": "k", "optional": True}}},
        ],
    )
    assert environment(pod, find) == {
        "MY_HOME_TOWN": "Bern",
        "A": "1",
        "B": "1 of Bern, $(UNKNOWN), $(A)",
        "POD": "some-pod",
        "APP": "some",
        "WORD": "sesame",
    }


@pytest.mark.parametrize(
    "source",
    [
        {"configMapKeyRef": {"name": "no", "key": "k"}},
        {"secretKeyRef": {"name": "words", "key": "second"}},
        {"resourceFieldRef": {"resource": "limits.cpu"}},
    ],
)
def test_what_cannot_be_resolved_is_said(source: Json) -> None:
    with pytest.raises(NotResolved):
        environment(a_pod(env=[{"name": "X", "valueFrom": source}]), find)


def an_engine(**spec: object) -> Json:
    components = {"env": [{"name": "TOTAL_CHAOS_DURATION", "value": "20"}]}
    experiments = [{"name": "pod-delete", "spec": {"components": components}}]
    meta = {"name": "gd-1", "namespace": "chaos", "uid": "u-1"}
    return {"metadata": meta, "spec": {"chaosServiceAccount": "sa", "experiments": experiments, **spec}}


def an_experiment() -> Json:
    env = [{"name": "TOTAL_CHAOS_DURATION", "value": "60"}, {"name": "FORCE", "value": "true"}]
    definition = {
        "image": GO_RUNNER,
        "command": ["/bin/bash"],
        "args": ["-c"],
        "env": env,
        "labels": {"a": "b"},
    }
    return {"metadata": {"name": "pod-delete"}, "spec": {"definition": definition}}


def test_the_engine_has_the_last_word_on_the_experiments_variables() -> None:
    job = job_of(an_engine(), an_experiment(), "pod-delete-x", {"TARGETS": "deployment:shop:[a=b]"})
    container = job["spec"]["template"]["spec"]["containers"][0]
    values = {one["name"]: one.get("value") for one in container["env"]}
    assert (values["TOTAL_CHAOS_DURATION"], values["FORCE"]) == ("20", "true")
    assert (values["TARGETS"], values["CHAOS_UID"]) == ("deployment:shop:[a=b]", "u-1")
    assert container["name"] == job["metadata"]["name"] == "pod-delete-x"
    labels = {"a": "b", "chaosUID": "u-1", "job-name": "pod-delete-x"}
    assert job["spec"]["template"]["metadata"]["labels"] == labels


@pytest.mark.parametrize(("grace", "said"), [(60, 60), (0, None)])
def test_an_experiment_has_the_engines_grace_or_kubernetes_own(grace: int, said: int | None) -> None:
    job = job_of(an_engine(terminationGracePeriodSeconds=grace), an_experiment(), "n", {})
    pod = job["spec"]["template"]["spec"]
    assert (pod.get("terminationGracePeriodSeconds"), pod["restartPolicy"]) == (said, "Never")


def test_a_helper_has_all_targets_of_its_node() -> None:
    assert targets("a:shop:app:false;b:shop:app:false") == [Target("a", "shop"), Target("b", "shop")]
    with pytest.raises(ValueError):
        targets("a:shop")

"""The experiments that we ship, and what is said of those that a cluster has."""

import copy
import re

import pytest

from chaos.domain.images import USUAL_IMAGES
from chaos.domain.targets import Limits
from chaos.faults import experiments
from chaos.faults.catalogue import FAULTS, find
from deploy.rehearsal.api.crds import definitions
from deploy.rehearsal.store.kinds import CHAOS_EXPERIMENTS
from deploy.rehearsal.store.schemas import Schema

SHIPPED = pytest.mark.parametrize(
    "fault", [one for one in FAULTS.values() if one.family], ids=lambda one: one.name
)
SCHEMA = next(
    Schema(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    for crd in definitions()
    if crd["spec"]["names"]["kind"] == "ChaosExperiment"
)


@SHIPPED
def test_an_experiment_is_admitted_by_litmus_own_schema(fault):
    manifest = experiments.experiment(fault)
    assert SCHEMA.admit(CHAOS_EXPERIMENTS, manifest, strict=True, warn=pytest.fail) == manifest


@SHIPPED
def test_an_experiment_has_pinned_images_labels_and_no_account(fault):
    definition = experiments.experiment(fault)["spec"]["definition"]
    env = {one["name"]: one["value"] for one in definition["env"]}
    assert definition["image"] == "litmuschaos/go-runner:3.28.0"
    assert env["LIB_IMAGE"] == (fault.helper_image or definition["image"])
    assert not re.search(r":latest$|^[^:]*$", env["LIB_IMAGE"])
    assert definition["labels"] and definition["args"][1].endswith(f"-name {fault.name}")
    assert experiments.differences(fault, experiments.experiment(fault)) == ()


def changed(**definition):
    found = copy.deepcopy(experiments.experiment(find("pod-cpu-hog")))
    found["spec"]["definition"] |= definition
    return found


FROM = {"configMapKeyRef": {"name": "a", "key": "b"}}


def with_env(entry):
    """One setting more, or another one in its place."""
    found = changed()
    env = found["spec"]["definition"]["env"]
    found["spec"]["definition"]["env"] = [one for one in env if one["name"] != entry["name"]] + [entry]
    return found


def twice(name, value):
    found = changed()
    found["spec"]["definition"]["env"].append({"name": name, "value": value})
    return found


@pytest.mark.parametrize(
    "found, sentence",
    [
        (changed(labels={}), "no definition.labels, on which Litmus' runner crashes"),
        (changed(image="litmuschaos/go-runner:latest"), "image is litmuschaos/go-runner:latest, not litmus"),
        (changed(imagePullPolicy=""), "imagePullPolicy is empty, not IfNotPresent"),
        (changed(args=["-c", "reboot"]), "args is '-c reboot', not '-c ./experiments -name pod-cpu-hog'"),
        (changed(env=[]), "The setting LIB_IMAGE is missing"),
        (changed(env=[{"name": "LIB_IMAGE", "value": "evil"}]), "LIB_IMAGE is evil, not litmuschaos/"),
        (changed(env=[{"name": "PODS_AFFECTED_PERC", "value": "100"}]), "100, which we do not set"),
        (
            changed(securityContext={"privileged": True}),
            "securityContext is {'privileged': True}, which we do",
        ),
        (changed(configMaps=[{"name": "a", "mountPath": "/b"}]), "configMaps is [{'name': 'a', 'mount"),
        (changed(secrets=[{"name": "id-rsa", "mountPath": "/mnt/"}]), "secrets is [{'name': 'id-rsa'"),
        (changed(hostPID=True), "hostPID is True, which we do not set"),
        (
            changed(labels={"name": "pod-cpu-hog", "team": "x"}),
            "labels is {'name': 'pod-cpu-hog', 'team': 'x'}",
        ),
        (
            with_env({"name": "SOCKET_PATH", "value": "/"}),
            "SOCKET_PATH is /, which is none of /run/containerd/containerd.sock, ",
        ),
        (
            with_env({"name": "CONTAINER_RUNTIME", "value": "sh"}),
            "CONTAINER_RUNTIME is sh, which is none of containerd, crio, docker.",
        ),
        (with_env({"name": "CPU_LOAD", "valueFrom": FROM}), "The setting CPU_LOAD is read from elsewhere"),
        (with_env({"name": "LIB_IMAGE", "valueFrom": FROM}), "The setting LIB_IMAGE is read from elsewhere"),
        (with_env({"name": "NODE_LABEL", "value": "a=b"}), "NODE_LABEL is a=b, which we do not set"),
        (
            with_env({"name": "LIB_IMAGE_PULL_POLICY", "value": ""}),
            "LIB_IMAGE_PULL_POLICY is empty, not IfNot",
        ),
        (twice("TOTAL_CHAOS_DURATION", "60"), "The setting TOTAL_CHAOS_DURATION is there twice"),
        ({"metadata": {"name": "pod-cpu-hog"}}, "image is empty"),
    ],
)
def test_what_differs_is_said(found, sentence):
    assert any(sentence in said for said in experiments.differences(find("pod-cpu-hog"), found))


def test_the_runtime_that_a_cluster_has_named_is_its_own_affair_and_is_kept():
    fault = find("pod-cpu-hog")
    found = copy.deepcopy(experiments.experiment(fault))
    for setting in found["spec"]["definition"]["env"]:
        if setting["name"] == "CONTAINER_RUNTIME":
            setting["value"] = "crio"
    assert experiments.differences(fault, found) == ()
    env = experiments.to_install(fault, found)["spec"]["definition"]["env"]
    assert {"name": "CONTAINER_RUNTIME", "value": "crio"} in env
    assert {"name": "CONTAINER_RUNTIME", "value": "containerd"} in experiments.to_install(fault, None)[
        "spec"
    ]["definition"]["env"]


@pytest.mark.parametrize("socket", ["/run/k3s/containerd/containerd.sock", "/var/run/crio/crio.sock"])
def test_the_socket_of_a_runtime_that_we_know_is_the_cluster_s_own_affair(socket):
    found = with_env({"name": "SOCKET_PATH", "value": socket})
    assert experiments.differences(find("pod-cpu-hog"), found) == ()
    assert {"name": "SOCKET_PATH", "value": socket} in (
        experiments.to_install(find("pod-cpu-hog"), found)["spec"]["definition"]["env"]
    )


def test_a_socket_that_is_none_is_not_kept_when_ours_is_installed():
    found = with_env({"name": "SOCKET_PATH", "value": "/"})
    ours = experiments.to_install(find("pod-cpu-hog"), found)
    assert experiments.differences(find("pod-cpu-hog"), ours) == ()


def test_what_a_cluster_adds_empty_is_no_difference():
    found = changed(hostPID=False, configMaps=[], securityContext={})
    found["spec"]["definition"]["env"].append({"name": "NODE_LABEL", "value": ""})
    assert experiments.differences(find("pod-cpu-hog"), found) == ()


def test_an_experiment_that_differs_may_not_run_and_is_told_to_be_installed():
    why = experiments.why_not_run(with_env({"name": "SOCKET_PATH", "value": "/"}), USUAL_IMAGES)
    assert why.startswith("ChaosExperiment pod-cpu-hog may not run here: The setting SOCKET_PATH is /")
    assert why.endswith("Install ours (`manage.py litmus install`).")


def carrying(name="pod-cpu-hog", image=None, **env):
    """The experiment as we ship it, but for its image or some of its settings; None takes one away."""
    found = copy.deepcopy(experiments.experiment(find(name)))
    definition = found["spec"]["definition"]
    definition["image"] = image or definition["image"]
    settings = {one["name"]: one["value"] for one in definition["env"]} | env
    definition["env"] = [
        {"name": key, "value": value} for key, value in settings.items() if value is not None
    ]
    return found


@SHIPPED
def test_whatever_we_ship_is_pinned_and_on_the_list_of_a_new_cluster(fault):
    assert experiments.foreign(experiments.experiment(fault), Limits().images) == ()
    assert experiments.why_not_run(experiments.experiment(fault), Limits().images) == ""


@pytest.mark.parametrize(
    "found, sentence",
    [
        (carrying(image="evil.example/x:1"), "Its image 'evil.example/x:1' is not on this cluster's list"),
        (carrying(image="litmuschaos/go-runner:latest"), "litmuschaos/go-runner:latest' is not pinned"),
        (carrying(image="$(id)"), "Its image '$(id)' is no name of an image."),
        (carrying(LIB_IMAGE="litmuschaos/go-runner"), "Its LIB_IMAGE 'litmuschaos/go-runner' is not pinned"),
        (carrying(LIB_IMAGE="evil/helper:1"), "Its LIB_IMAGE 'evil/helper:1' is not on this cluster's list"),
        (carrying(STRESS_IMAGE="evil/stress:1"), "Its STRESS_IMAGE 'evil/stress:1' is not on"),
        (carrying(LIB_IMAGE=None), "It sets no LIB_IMAGE, so its helpers would run whatever is newest."),
        (carrying(LIB_IMAGE=""), "It sets no LIB_IMAGE"),
        ({"metadata": {"name": "pod-cpu-hog"}}, "Its image '' is no name of an image."),
        (carrying("kubelet-service-kill", LIB_IMAGE="ubuntu:22.04"), "'ubuntu:22.04' is not on"),
    ],
)  # fmt: skip
def test_an_experiment_with_a_foreign_or_unpinned_image_may_not_run_and_is_told_what_to_do(found, sentence):
    assert any(
        said.startswith(sentence) or sentence in said for said in experiments.foreign(found, USUAL_IMAGES)
    )
    why = experiments.why_not_run(found, USUAL_IMAGES)
    assert why.startswith(f"ChaosExperiment {found['metadata']['name']} may not run here: ")
    assert "--allow-image`)." in why


@pytest.mark.parametrize("tag", ["2.14.0", "3.0.0-beta8"])
def test_a_go_runner_whose_helpers_a_newer_kubernetes_deletes_may_not_run(tag):
    """Since 1.27 the experiment's Job takes its helpers for pods too many: templates/docs/litmus-facts.md."""
    why = experiments.why_not_run(carrying(image=f"litmuschaos/go-runner:{tag}"), USUAL_IMAGES)
    assert f"image is litmuschaos/go-runner:{tag}, not litmuschaos/go-runner:3.28.0." in why
    assert "`manage.py litmus install`" in why


def test_a_setting_given_twice_is_foreign_if_either_is():
    found = carrying()
    found["spec"]["definition"]["env"].insert(0, {"name": "LIB_IMAGE", "value": "evil/helper:1"})
    assert "evil/helper:1" in experiments.why_not_run(found, USUAL_IMAGES)
    by_reference = carrying(LIB_IMAGE=None)
    setting = {"name": "LIB_IMAGE", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}
    by_reference["spec"]["definition"]["env"].append(setting)
    assert "sets no LIB_IMAGE" in experiments.why_not_run(by_reference, USUAL_IMAGES)


def test_an_experiment_that_starts_no_helpers_needs_no_image_for_them():
    assert experiments.foreign(carrying("pod-delete", LIB_IMAGE=None), USUAL_IMAGES) == ()
    assert experiments.foreign(carrying("pod-delete", LIB_IMAGE="evil/x:1"), USUAL_IMAGES)


def test_our_images_may_come_from_a_mirror_that_is_allowed():
    fault, allowed = find("pod-cpu-hog"), ("registry.bank.example/",)
    mirrored = experiments.to_install(fault, None, allowed, "registry.bank.example")
    assert mirrored["spec"]["definition"]["image"] == "registry.bank.example/litmuschaos/go-runner:3.28.0"
    assert experiments.differences(fault, mirrored) == ()
    assert experiments.foreign(mirrored, allowed) == ()
    assert experiments.to_install(fault, mirrored, allowed) == mirrored
    assert experiments.to_install(fault, mirrored, USUAL_IMAGES) == experiments.experiment(fault)
    assert experiments.is_installed(fault, mirrored, mirrored)
    assert not experiments.is_installed(fault, mirrored, experiments.experiment(fault))

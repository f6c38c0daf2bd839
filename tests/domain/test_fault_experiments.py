"""The experiments that we ship, and what is said of those that a cluster has."""

import copy
import re

import pytest

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

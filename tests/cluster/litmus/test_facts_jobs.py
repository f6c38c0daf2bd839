"""Why helpers of an old go-runner do not live on Kubernetes 1.27 and newer: a Job takes them for its own."""

from __future__ import annotations

import secrets
import time
from typing import Any

import pytest

from deploy.cluster.handle import Answered, Cluster
from tests.adapters.things import until

pytestmark = pytest.mark.cluster

Json = dict[str, Any]
OF_THE_JOB = ("controller-uid", "job-name")
"""What go-runner takes from the labels that it copies to its helpers; litmus-go#665 added the two below."""
SINCE_665 = ("batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
NOWHERE = {"kubernetes.io/hostname": "no-such-node"}  # so it waits, and no other program touches it
YOUNGER = 1.1  # seconds; of two pods that wait, a Job with one too many deletes the younger


class Workplace:
    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster = cluster
        self._pods = f"/api/v1/namespaces/{namespace}/pods"
        self._jobs = f"/apis/batch/v1/namespaces/{namespace}/jobs"

    def job(self) -> Json:
        """The pod of a new Job, such as an experiment's."""
        pod = {"restartPolicy": "Never", "nodeSelector": NOWHERE, "containers": [a_container()]}
        template = {"metadata": {"labels": {"chaosUID": "facts"}}, "spec": pod}
        body = {"metadata": {"name": "pod-network-latency"}, "spec": {"template": template}}
        self._cluster.ask("POST", self._jobs, body)
        return until(self.listed, lambda pods: len(pods) == 1)[0]

    def helper(self, experiment: Json, *without: str) -> str:
        """A pod with the experiment's labels but those; its name."""
        labels = {key: text for key, text in experiment["metadata"]["labels"].items() if key not in without}
        name = f"helper-{secrets.token_hex(3)}"
        spec = {"restartPolicy": "Never", "nodeSelector": NOWHERE, "containers": [a_container()]}
        self._cluster.ask("POST", self._pods, {"metadata": {"name": name, "labels": labels}, "spec": spec})
        return name

    def listed(self) -> list[Json]:
        return list(self._cluster.ask("GET", self._pods)["items"])

    def is_there(self, name: str) -> bool:
        try:
            return "deletionTimestamp" not in self._cluster.ask("GET", f"{self._pods}/{name}")["metadata"]
        except Answered:
            return False


def a_container() -> Json:
    return {"name": "it", "image": "example.invalid/it:1"}


@pytest.fixture
def workplace(real_cluster: Cluster, namespace: str) -> Workplace:
    return Workplace(real_cluster, namespace)


def test_a_job_deletes_a_pod_that_bears_its_label(workplace: Workplace) -> None:
    experiment = workplace.job()
    time.sleep(YOUNGER)
    helper = workplace.helper(experiment, *OF_THE_JOB)
    until(lambda: workplace.is_there(helper), lambda there: not there)
    assert workplace.is_there(experiment["metadata"]["name"])


def test_a_job_leaves_a_pod_alone_that_bears_none_of_its_labels(workplace: Workplace) -> None:
    experiment = workplace.job()
    time.sleep(YOUNGER)
    kept = workplace.helper(experiment, *OF_THE_JOB, *SINCE_665)
    doomed = workplace.helper(experiment, *OF_THE_JOB)
    until(lambda: workplace.is_there(doomed), lambda there: not there)
    assert workplace.is_there(kept)

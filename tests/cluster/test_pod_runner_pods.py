"""The pod runner starts, watches and ends a pod's process as a kubelet does its container."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.pod_runner import pod as pods_module
from tests.cluster.pod_runner.pod import PodProcess
from tests.cluster.pod_runner.watcher import Watcher
from tests.cluster.pods import a_machine, a_pod, until

POLITE = "trap 'echo told; exit 0' TERM; echo started; while :; do sleep 0.02; done"
STUBBORN = "trap '' TERM; echo started; while :; do sleep 0.02; done"


def started(process: PodProcess) -> None:
    until(lambda: process.log.exists() and "started" in process.log.read_text())


@pytest.mark.parametrize(("code", "phase", "reason"), [(0, "Succeeded", "Completed"), (3, "Failed", "Error")])
def test_a_container_that_ends_leaves_its_exit_code_in_its_pod(
    tmp_path: Path, code: int, phase: str, reason: str
) -> None:
    machine, api = a_machine(tmp_path, f"exit {code}")
    process = PodProcess(a_pod(), machine)
    process.run()
    assert api.phases == ["Running", phase]
    ended = api.last_state["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (code, reason)
    assert api.removed == []


def test_a_deleted_pod_is_told_to_end_and_its_object_goes_after_it(tmp_path: Path) -> None:
    machine, api = a_machine(tmp_path, POLITE)
    watcher = Watcher(machine)
    pod = a_pod()
    watcher.see("ADDED", pod)
    process = watcher.running[pod["metadata"]["uid"]]
    started(process)
    pod["metadata"] |= {"deletionTimestamp": "2026-01-01T00:01:00Z", "deletionGracePeriodSeconds": 60}
    watcher.see("MODIFIED", pod)
    until(lambda: api.removed)
    assert "told" in process.log.read_text()
    assert api.phases[-1] == "Succeeded"
    assert api.removed == [{"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}}]


def test_what_does_not_hear_sigterm_is_killed_when_its_grace_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pods_module, "GRACE_AT_LEAST", 0.1)
    machine, api = a_machine(tmp_path, STUBBORN)
    process = PodProcess(a_pod(), machine)
    process.start()
    started(process)
    process.end(30)
    process.end(0.2)  # a second deletion can only shorten the grace
    process.join(5)
    assert api.last_state["terminated"]["exitCode"] == 137
    assert len(api.removed) == 1


def test_nothing_is_written_about_a_pod_whose_object_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pods_module, "GRACE_AT_LEAST", 0.1)
    machine, api = a_machine(tmp_path, STUBBORN)
    watcher = Watcher(machine)
    pod = a_pod()
    watcher.see("ADDED", pod)
    process = watcher.running[pod["metadata"]["uid"]]
    started(process)
    until(lambda: api.phases)
    watcher.see("DELETED", pod)
    process.join(5)
    assert api.phases == ["Running"]


def test_a_pod_that_restarts_on_failure_is_started_again_until_it_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pods_module, "pause", lambda restarts: 0.01)
    machine, api = a_machine(tmp_path, f"[ -e {tmp_path}/once ] && exit 0; touch {tmp_path}/once; exit 1")
    PodProcess(a_pod(restart="OnFailure"), machine).run()
    assert api.phases == ["Running", "Running", "Running", "Running", "Succeeded"]
    assert api.statuses[2]["containerStatuses"][0]["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert api.statuses[-1]["containerStatuses"][0]["restartCount"] == 1


def test_a_pod_waits_for_the_secret_that_its_variable_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pods_module, "ASK_AGAIN", 0.02)
    machine, api = a_machine(tmp_path, 'echo "$WORD"')
    reference = {"secretKeyRef": {"name": "words", "key": "first"}}
    process = PodProcess(a_pod(env=[{"name": "WORD", "valueFrom": reference}]), machine)
    process.start()
    until(lambda: api.statuses)
    assert api.last_state["waiting"]["reason"] == "CreateContainerConfigError"
    api.objects["/api/v1/namespaces/chaos/secrets/words"] = {"data": {"first": "c2VzYW1l"}}
    process.join(5)
    assert process.log.read_text().strip() == "sesame"


def test_a_process_knows_nothing_of_the_machine_but_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_MACHINE", "secret")
    machine, _ = a_machine(tmp_path, "env")
    process = PodProcess(a_pod(env=[{"name": "ITS_OWN", "value": "1"}]), machine)
    process.run()
    names = {line.partition("=")[0] for line in process.log.read_text().splitlines()}
    assert names - {"_", "PWD", "OLDPWD", "SHLVL"} == {"PATH", "HOME", "KUBECONFIG", "ITS_OWN"}


def test_a_pod_that_ran_under_an_earlier_pod_runner_has_failed(tmp_path: Path) -> None:
    machine, api = a_machine(tmp_path, "exit 0")
    pod = a_pod()
    pod["status"]["phase"] = "Running"
    watcher = Watcher(machine)
    watcher.see("ADDED", pod)
    until(lambda: api.phases)
    assert api.phases == ["Failed"]


def test_a_pod_without_a_node_and_one_that_has_ended_are_left_alone(tmp_path: Path) -> None:
    machine, api = a_machine(tmp_path, "exit 0")
    unscheduled, over = a_pod(), a_pod()
    del unscheduled["spec"]["nodeName"]
    over["metadata"]["uid"], over["status"]["phase"] = "u-2", "Succeeded"
    watcher = Watcher(machine)
    watcher.see("ADDED", unscheduled)
    watcher.see("ADDED", over)
    assert (watcher.running, api.statuses) == ({}, [])

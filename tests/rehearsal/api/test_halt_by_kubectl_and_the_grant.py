"""deploy/halt.sh prints as commands how to set back by hand what a grant says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.adapters import litmus_undo
from chaos.domain.injection import Injection, InverseKind, Postcondition, PreImage, Sign
from chaos.domain.sight import Node, Workload
from chaos.faults.own_rights import GRANT
from deploy.rehearsal.api import Rule
from deploy.rehearsal.store import LEASES, PODS
from tests.rehearsal.api.halting import NAME, Halt
from tests.support import kubectl
from tests.support.rehearsal_api import RunningApi

pytestmark = pytest.mark.skipif(not kubectl.program(), reason=kubectl.WHY_NOT)


def says(cluster: RunningApi, *posts: Postcondition) -> None:
    """The grant notes it as whoever injects does."""
    how = (timedelta(0), InverseKind.DELETE_ENGINE, Sign.NODE_CHANGED, PreImage())
    notes: dict[str, str] = {}
    for index, post in enumerate(posts):
        notes |= litmus_undo.note(
            Injection(index, NAME, "it", "it", {}, "payments", (), "a=b", "", *how, post)
        )
    body = {"metadata": {"annotations": notes}}
    cluster.do(lambda: cluster.store.patch(LEASES, GRANT, body, "chaos"))


def commands(said: str) -> list[str]:
    """Those under the words that the grant is kept."""
    lines = said.partition("The grant is kept")[2].splitlines()
    return [line.strip() for line in lines if line.startswith("  ")]


LAST = "kubectl -n chaos delete leases.coordination.k8s.io gameday-grant"


def test_nodes_taints_and_replicas_are_set_back_by_these_commands(full: RunningApi, halt: Halt):
    nodes = (Node("n1", "u1", "", True, True), Node("n2", "u2", "", True, False))
    taints = ("drill=yes:NoSchedule", "drill=yes:NoExecute")
    tainted = (Node("n3", "u3", "", True, True, taints), Node("n4", "u4", "", True, True))
    says(
        full,
        Postcondition(nodes=nodes, cordons=True),
        Postcondition(nodes=tainted, taint_keys=("drill", "other.io/drill")),
        Postcondition(workloads=(Workload("deployment", "payments", "till", "u5", 3),)),
    )
    assert commands(halt("--dry-run").stderr) == [
        "kubectl uncordon n1",
        "kubectl cordon n2",
        "kubectl taint nodes n3 drill-",
        "kubectl taint nodes n3 other.io/drill-",
        "kubectl taint nodes n3 drill=yes:NoExecute --overwrite",
        "kubectl taint nodes n3 drill=yes:NoSchedule --overwrite",
        "kubectl taint nodes n4 drill-",
        "kubectl taint nodes n4 other.io/drill-",
        "kubectl -n payments scale deployment/till --replicas=3",
        LAST,
    ]


def test_of_the_pods_a_fault_was_in_those_that_still_run_are_named(full: RunningApi, halt: Halt):
    for name in ("till-1", "till-2"):
        meta = {"name": name, "namespace": "payments"}
        full.do(lambda meta=meta: full.store.create(PODS, {"metadata": meta}))
    uid = full.do(lambda: full.store.get(PODS, "till-1", "payments"))["metadata"]["uid"]
    says(full, Postcondition(freed=(("till-1", uid), ("till-2", "replaced-since"), ("till-3", "gone"))))
    done = halt("--reason", "Now", "--wait", "1", "--context", "it")
    assert commands(done.stderr) == [
        "kubectl --context=it -n payments delete pods till-1 --grace-period=60",
        LAST.replace("kubectl", "kubectl --context=it"),
    ]


def test_a_pod_that_cannot_be_seen_is_named_with_the_uid_to_look_for(full: RunningApi, halt: Halt):
    says(full, Postcondition(freed=(("till-1", "b-1"),)))
    everything_there = Rule(("*",), ("*",), ("*",), namespaces=("chaos",))
    full.account("ours", "ours", everything_there)
    assert commands(halt("--dry-run", token="ours").stderr) == [
        "only if its uid is still b-1:",
        "kubectl -n payments delete pods till-1 --grace-period=60",
        LAST,
    ]


def test_a_note_that_says_something_for_a_shell_becomes_no_command(full: RunningApi, halt: Halt):
    bad = '{"pods":[["a;reboot","u"],["$(reboot)","u"]],"v":1,"engine":"gd-1","namespace":"payments"}'
    body = {"metadata": {"annotations": {"gameday/undo-0": bad}}}
    full.do(lambda: full.store.patch(LEASES, GRANT, body, "chaos"))
    assert commands(halt("--dry-run").stderr) == [LAST]

"""deploy/halt.sh: nothing of Gameday alive, kubectl alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.adapters import litmus_undo
from chaos.domain.injection import Injection, InverseKind, Postcondition, PreImage, Sign
from chaos.faults.own_rights import GRANT, LEVER
from chaos.faults.pod_network_partition import POD_NAME
from deploy.rehearsal.api import Rule
from deploy.rehearsal.store import CHAOS_ENGINES, CONFIG_MAPS, JOBS, LEASES, NETWORK_POLICIES, PODS
from tests.rehearsal.api.halting import ENGINE, MANAGED, NAME, OURS, Halt, cut, names, put
from tests.support import kubectl
from tests.support.rehearsal_api import RunningApi

pytestmark = pytest.mark.skipif(not kubectl.program(), reason=kubectl.WHY_NOT)


def test_what_is_ours_goes_what_is_others_stays_and_the_lever_is_down(full: RunningApi, halt: Halt):
    done = halt("--reason", 'Smoke in "the" hall: $HOME', "--wait", "20")
    assert done.returncode == 0, done.stdout + done.stderr
    assert names(full, CHAOS_ENGINES) == ["theirs"]
    assert (names(full, JOBS), names(full, PODS), names(full, LEASES)) == ([], ["theirs-1"], [])
    lever = full.do(lambda: full.store.get(CONFIG_MAPS, LEVER, "chaos"))
    assert lever["data"]["reason"] == 'Smoke in "the" hall: $HOME (by omar)'
    assert lever["metadata"]["labels"] == MANAGED
    assert "Nothing of Gameday is left in namespace chaos." in done.stdout


def test_a_grant_that_says_how_things_were_is_shown_and_kept_and_cordoned_nodes_are_named(full, halt):
    note = '{"nodes":[{"name":"n1","uid":"u","schedulable":true}],"v":1,"cordons":true}'
    body = {"metadata": {"annotations": {"gameday/undo-0": note}}}
    full.do(lambda: full.store.patch(LEASES, GRANT, body, "chaos"))
    done = halt("--reason", "Now", "--wait", "1")
    assert done.returncode == 2, "whether the node is as it was, kubectl alone does not know"
    assert f"gameday/undo-0: {note}" in done.stdout and "kubectl uncordon n1" in done.stdout
    assert "The grant is kept" in done.stderr
    assert (names(full, LEASES), names(full, PODS)) == ([GRANT], ["theirs-1"])


def test_a_grant_that_cannot_be_read_is_kept_and_nothing_is_called_clean(full: RunningApi, halt: Halt, lame):
    done = halt("--reason", "Now", "--wait", "4", program=lame("get leases"))
    assert done.returncode == 2, done.stdout
    assert names(full, LEASES) == [GRANT], "what it says would go with it"
    assert "it was not deleted" in done.stderr and "Nothing of Gameday is left" not in done.stdout
    assert names(full, PODS) == ["theirs-1"]


def test_a_grant_that_is_read_at_the_second_try_is_kept_for_what_it_says(full: RunningApi, halt: Halt, lame):
    body = {"metadata": {"annotations": {"gameday/undo-0": '{"v":1}'}}}
    full.do(lambda: full.store.patch(LEASES, GRANT, body, "chaos"))
    done = halt("--reason", "Now", "--wait", "2", program=lame("get leases", times=1))
    assert done.returncode == 2 and names(full, LEASES) == [GRANT]
    assert "gameday/undo-0" in done.stdout and "The grant is kept" in done.stderr


def test_a_grant_that_is_read_at_the_second_try_and_says_nothing_goes(full: RunningApi, halt: Halt, lame):
    done = halt("--reason", "Now", "--wait", "20", program=lame("get leases", times=1))
    assert (done.returncode, names(full, LEASES)) == (0, []), done.stdout + done.stderr


@pytest.mark.parametrize("words", [("--reason", "Only looking"), ()], ids=["with a reason", "without one"])
def test_a_dry_run_says_what_it_would_do_and_does_nothing(full: RunningApi, halt: Halt, words):
    done = halt(*words, "--dry-run")
    assert done.returncode == 2, "what is there is not gone"
    assert "Something of Gameday is there; nothing was changed." in done.stderr
    assert f"would run: kubectl -n chaos delete chaosengines.litmuschaos.io {NAME}" in done.stdout
    assert "--grace-period=60" in done.stdout
    assert names(full, CONFIG_MAPS) == []
    assert len(names(full, PODS)) == 4 and names(full, LEASES) == [GRANT]


@pytest.mark.parametrize("words", [(), ("--reason", " \n")], ids=["no reason", "a blank one"])
def test_without_a_reason_it_refuses_and_touches_nothing(full: RunningApi, halt: Halt, words):
    done = halt(*words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "needs a reason" in done.stderr
    assert names(full, CONFIG_MAPS) == []


def test_what_stays_is_named_with_what_to_do_and_the_exit_status_says_so(full: RunningApi, halt: Halt):
    put(full, CHAOS_ENGINES, "gd-0a1b2c3d-1", OURS, spec=ENGINE, meta={"finalizers": ["litmus/held"]})
    done = halt("--reason", "Now", "--wait", "1")
    assert done.returncode == 2
    assert "STILL THERE after 1 s" in done.stderr
    assert "gd-0a1b2c3d-1" in done.stderr and "litmus/held" in done.stderr
    assert "bring it back" in done.stderr
    assert names(full, PODS) == ["theirs-1"]


def test_a_lever_that_cannot_be_pulled_is_said_and_all_else_is_done(full: RunningApi, halt: Halt):
    everything_but = Rule(("get", "list", "watch", "delete"), ("*",), ("*",))
    full.account("half", "half", everything_but)
    done = halt("--reason", "Now", "--wait", "1", token="half")
    assert done.returncode == 2
    assert "THE LEVER COULD NOT BE PULLED; deleting all the same." in done.stderr
    assert "The halt lever is NOT down" in done.stderr
    assert names(full, PODS) == ["theirs-1"]


def test_pulled_twice_the_first_reason_stands(full: RunningApi, halt: Halt):
    halt("--reason", "First")
    again = halt("--reason", "Second")
    assert again.returncode == 0, again.stderr
    assert "down already; the first reason stands" in again.stdout
    lever = full.do(lambda: full.store.get(CONFIG_MAPS, LEVER, "chaos"))
    assert lever["data"]["reason"] == "First (by omar)"


def test_a_cluster_that_does_not_answer_is_never_called_clean(cluster: RunningApi, halt: Halt):
    done = halt("--reason", "Now", "--wait", "1", token="nobody's")
    assert done.returncode == 2
    assert "is left in namespace" not in done.stdout


def test_a_policy_of_an_engine_of_ours_goes_and_others_stay(full: RunningApi, halt: Halt):
    uid = full.do(lambda: full.store.get(CHAOS_ENGINES, NAME, "chaos"))["metadata"]["uid"]
    cut(full, "ours", {POD_NAME: "ledger-0"}, uid)
    cut(full, "ours-too", {POD_NAME: "ledger-1"}, "gone")
    cut(full, "whose", {POD_NAME: "ledger-2"})
    cut(full, "theirs", {"app": "ledger"}, "other")
    cut(full, "theirs-too", {"app": "ledger", POD_NAME: "ledger-0"}, "other")
    done = halt("--reason", "Now")
    assert names(full, NETWORK_POLICIES) == ["theirs", "theirs-too", "whose"]
    assert "not Gameday's, left as they are: payments/theirs payments/theirs-too" in done.stdout
    assert done.returncode == 2, "the one that cuts off one pod of a StatefulSet may be ours"
    assert "kubectl -n payments delete networkpolicies.networking.k8s.io whose" in done.stderr


def test_policies_that_cannot_be_ours_keep_no_cluster_from_being_clean(full: RunningApi, halt: Halt):
    cut(full, "theirs", {"app": "ledger"}, "other")
    done = halt("--reason", "Now")
    assert (done.returncode, names(full, NETWORK_POLICIES)) == (0, ["theirs"]), done.stdout + done.stderr


EVERYTHING = Rule(("*",), ("*",), ("*",))
MOST = Rule(("*",), ("", "batch", "coordination.k8s.io", "litmuschaos.io"), ("*",))
THERE = Rule(("list", "delete"), ("networking.k8s.io",), ("*",), namespaces=("payments",))


@pytest.mark.parametrize(
    "rights", [(EVERYTHING,), (MOST, THERE)], ids=["an administrator", "who may look there alone"]
)
def test_a_policy_that_cuts_off_what_the_grant_says_goes_without_its_engine(full, halt, rights):
    full.account("some", "some", *rights)
    fault, label = "pod-network-partition", f"{POD_NAME}=ledger-0"
    how = (timedelta(0), InverseKind.DELETE_ENGINE, Sign.POLICY_MADE, PreImage(), Postcondition(uncut=True))
    lost = Injection(0, NAME, fault, fault, {}, "payments", (), label, "statefulset", *how)
    body = {"metadata": {"annotations": litmus_undo.note(lost)}}
    full.do(lambda: full.store.patch(LEASES, GRANT, body, "chaos"))
    cut(full, "ours", {POD_NAME: "ledger-0"})
    cut(full, "of-another-pod", {POD_NAME: "ledger-01"})
    halt("--reason", "Now", "--wait", "2", token="some")
    assert names(full, NETWORK_POLICIES) == ["of-another-pod"]


def test_policies_that_may_not_be_listed_are_not_called_gone(full: RunningApi, halt: Halt):
    cut(full, "unseen", {POD_NAME: "ledger-0"})
    full.account("half", "half", MOST)
    done = halt("--reason", "Now", token="half")
    assert done.returncode == 2, done.stdout
    assert "NetworkPolicies may not be listed with these rights" in done.stderr
    assert "Nothing of Gameday is left" not in done.stdout
    assert (names(full, PODS), names(full, LEASES)) == (["theirs-1"], []), "all else is done"


def test_policies_that_could_not_be_listed_are_not_called_gone(full: RunningApi, halt: Halt, lame):
    cut(full, "unseen", {POD_NAME: "ledger-0"})
    done = halt("--reason", "Now", "--wait", "2", program=lame("get networkpolicies"))
    assert (done.returncode, names(full, NETWORK_POLICIES)) == (2, ["unseen"])
    assert "the server has no time" in done.stderr and "Nothing of Gameday is left" not in done.stdout

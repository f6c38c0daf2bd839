"""Launch: refused with its reason, or one whole run written down and a driver woken."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from chaos.domain.errors import Refused, Transient
from chaos.domain.spec import Stage
from chaos.domain.states import FINAL
from chaos.journal.models import JournalEntry
from chaos.models import Cluster, Halt, Run, RunInjection
from chaos.services.clusters import installation
from chaos.services.launch import launch, longest
from tests.support.builders import a_manual_spec, a_spec, pods
from tests.support.cluster_port import left
from tests.support.launching import AT, a_run, an_order


def go(port, ring=lambda run: None, still_approved=lambda: "", **changes):
    return launch(an_order(**changes), port, AT, ring, still_approved)


def refused(port, match, **changes):
    with pytest.raises(Refused, match=match) as caught:
        go(port, **changes)
    assert not Run.objects.exclude(state__in=FINAL).filter(launched_at=AT, stream="plan:payments").exists()
    assert not JournalEntry.objects.filter(kind="run.launched").exists()
    return caught.value


def test_a_launch_writes_the_run_its_injection_and_what_is_said_of_it_then_rings(
    port, django_capture_on_commit_callbacks
):
    rung = []
    with django_capture_on_commit_callbacks(execute=True):
        run = go(port, ring=rung.append)
        assert rung == [], "nobody is woken for a run that is not committed"
    assert rung == [run]
    row, injection = Run.objects.get(), RunInjection.objects.get()
    assert (row.state, row.verdict, row.launched_by, row.spec_digest) == (
        "pending", "awaited", "otto", a_spec().digest,
    )  # fmt: skip
    assert injection.plan["inverse"] == "delete-engine"
    assert injection.plan["pre_image"] == {"matched": 6, "ready": 6}
    assert injection.plan["postcondition"]["gone"] == ["uid-0", "uid-1", "uid-2"]
    assert injection.plan["name"] == f"gd-{row.pk.hex[:8]}-0"
    entry = JournalEntry.objects.get(kind="run.launched")
    assert entry.text == "Pod failure launched. Targets: 3 of 6 pods in payments: api-0, api-1, api-2."
    assert (entry.actor, entry.audience, entry.run) == ("otto", "organisers", run)
    assert not [verb for verb in port.said if verb in ("take_grant", "inject", "remove", "revert")]


def test_of_a_ladder_the_largest_rung_is_named_for_what_it_is(port):
    spec = a_spec()
    ladder = replace(spec.fault, stages=(Stage(count=1), Stage(count=2)))
    go(port, spec=replace(spec, faults=(ladder,)))
    said = "Targets on the largest of 2 rungs, as it is now: 2 of 6 pods in payments: api-0, api-1."
    assert said in JournalEntry.objects.get(kind="run.launched").text


def test_a_ring_that_fails_does_not_lose_the_run(port, django_capture_on_commit_callbacks):
    def broken(run):
        raise ConnectionError("the broker is away")

    with django_capture_on_commit_callbacks(execute=True):
        run = go(port, ring=broken)
    assert Run.objects.get().pk.hex == run.replace("-", "")


def test_an_approval_that_is_gone_by_the_time_of_the_write_is_refused_with_its_reason(port):
    refused(port, "Anna withdrew her approval", still_approved=lambda: "Anna withdrew her approval.")


def test_approval_is_asked_for_inside_the_transaction_that_writes_the_run(port):
    depths = []
    go(port, still_approved=lambda: depths.append(len(connection.savepoint_ids)) or "")
    assert depths[0] > 0 and len(depths) == 1


@pytest.mark.parametrize("answers, approved", [("other", None), (None, "other")], ids=["server", "approval"])
def test_another_cluster_than_the_approved_one_is_refused_before_anything_is_looked_at(
    port, answers, approved
):
    port.uid = answers or port.uid
    changes = {"approved_uid": approved} if approved else {}
    assert refused(port, "nothing is launched", **changes).field == "cluster"
    assert port.said == ["identity"]


def test_an_unknown_cluster_is_refused_and_the_known_ones_named(port):
    refused(port, "no cluster 'prod'; registered: practice", cluster="prod")


def test_a_second_run_is_refused_while_one_is_live_and_allowed_after_its_end(port):
    first = a_run()
    with pytest.raises(Refused, match=r"pod-failure \(pending, launched by otto\) is live on practice"):
        go(port)
    Run.objects.filter(pk=first).update(state="aborted")
    assert go(port) != first


def test_a_run_that_another_launch_wrote_in_between_is_refused_by_the_database_itself(port):
    def meanwhile():
        a_run()
        return ""

    with pytest.raises(Refused, match="one run at a time"):
        go(port, still_approved=meanwhile)
    assert not Run.objects.exists(), "the other one was in this test's transaction"


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_halt_that_is_not_released_refuses_with_who_and_why(port, everywhere):
    cluster = None if everywhere else Cluster.objects.get()
    held = Halt.objects.create(cluster=cluster, at=AT, by="ada", reason="A real incident")
    what = "Everything" if everywhere else "practice"
    refused(port, rf"{what} is halted: A real incident \(by ada\)")
    Halt.objects.filter(pk=held.pk).update(released_at=AT)
    assert go(port)


def test_a_halt_is_the_first_reason_that_is_told(port):
    a_run()
    Halt.objects.create(at=AT, by="ada", reason="A real incident")
    with pytest.raises(Refused, match="Everything is halted"):
        go(port)
    assert port.said == [], "nothing was asked of the cluster"


def test_a_halt_pulled_while_the_launch_was_looking_refuses_it_too(port):
    port.fail["preflight"] = lambda: Halt.objects.create(at=AT, by="ada", reason="Just now")
    refused(port, "Everything is halted: Just now")


def test_a_halt_of_another_cluster_is_no_reason(port):
    other = Cluster.objects.create(name="other", uid="x", environment="staging")
    Halt.objects.create(cluster=other, at=AT, by="ada", reason="There")
    assert go(port)


@pytest.mark.parametrize("whose", ["ours", "unlabelled"])
def test_what_an_earlier_run_left_is_refused_by_name(port, whose):
    port.residues = (left("gd-old-0", "old", installation() if whose == "ours" else ""),)
    assert "ChaosEngine chaos/gd-old-0" in str(refused(port, "still in the cluster"))


def test_what_another_installation_has_in_the_cluster_is_left_to_the_grant(port):
    port.residues = (left("gd-theirs", "r", "another"),)
    assert go(port)


def test_a_cluster_that_is_not_ready_is_refused_with_what_to_do(port):
    port.unmet = "No operator runs in litmus; start it."
    refused(port, "The cluster is not ready: No operator runs in litmus; start it.")


def test_without_a_right_that_its_undoing_takes_nothing_is_launched(port):
    port.lacks = "Gameday may not delete pods in namespace payments: bind the role gameday-helpers-targets."
    refused(port, "The cluster is not ready: Gameday may not delete pods in namespace payments")
    assert "rights of pod-delete in payments" in port.said


def test_the_experiments_are_held_to_the_clusters_own_list_of_images(port):
    Cluster.objects.update(limits={"images": ["bank/"], "max_percent": 50})
    go(port)
    assert port.images == ("bank/",)


def test_more_pods_than_were_approved_are_refused(port):
    assert refused(port, "3 targets would be hit now, 2 were approved", ceiling=2).field == "targets"
    refused(port, "3 targets would be hit now, 0 were approved", ceiling=None)


def test_targets_are_resolved_again_at_the_launch_and_within_the_limits_of_today(port):
    port.found = pods(5)
    assert refused(port, "3 of 5 pods is 60 %; this cluster allows 50 %")
    port.found = ()
    assert refused(port, "No pod in payments has app=api")
    Cluster.objects.update(limits={"protected_namespaces": ["payments"], "max_percent": 50})
    assert refused(port, "payments is protected")


@pytest.mark.parametrize("verb", ["identity", "residue", "pods", "preflight"])
def test_a_cluster_that_does_not_answer_launches_nothing(port, verb):
    port.fail[verb] = Transient("The API server did not answer.")
    with pytest.raises(Transient):
        go(port)
    assert not Run.objects.exists()


def test_a_fault_by_hand_needs_neither_pods_nor_experiments(port):
    run = go(port, spec=a_manual_spec(), ceiling=None)
    assert RunInjection.objects.get(run=run).plan["inverse"] == "person"
    assert "nothing; a person injects" in JournalEntry.objects.get(kind="run.launched").text


def test_the_hard_deadline_is_the_windows_end_or_the_longest_the_spec_can_take(port):
    spec = a_spec()
    assert longest(spec) == timedelta(seconds=5 + 10 + 120 + 10 + 10 + 30)
    waiting = replace(
        a_manual_spec().fault, parameters=a_manual_spec().fault.parameters | {"person_within": "10m"}
    )
    assert longest(replace(spec, faults=(waiting,))) == timedelta(seconds=5 + 10 + 600 + 10 + 10 + 30)
    first = go(port)
    assert Run.objects.get(pk=first).not_after == AT + longest(spec)
    Run.objects.update(state="aborted")
    second = go(port, closes=AT + timedelta(seconds=40))
    assert Run.objects.get(pk=second).not_after == AT + timedelta(seconds=40)


def test_a_start_that_cannot_be_put_on_record_is_refused(port, monkeypatch):
    """Only stopping goes without the journal."""

    def refuse(*_, **__):
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("chaos.services.launch.append", refuse)
    rung = []
    with pytest.raises(OperationalError):
        go(port, ring=rung.append)
    assert not Run.objects.exists() and rung == []
    assert not [verb for verb in port.said if verb in ("take_grant", "inject")]

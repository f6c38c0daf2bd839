"""Arming: the launch's own checks, all of them at once, and nothing written."""

import uuid
from dataclasses import replace

import pytest

from chaos.domain.errors import Refused, Transient
from chaos.domain.states import RunState
from chaos.models import Halt, Run
from chaos.services.arm import look
from chaos.services.launch import launch
from tests.support.cluster_port import left
from tests.support.launching import AT, a_run, an_order


def test_what_would_be_hit_is_named_and_nothing_is_missing(port):
    outlook = look(an_order(), port)
    (targets,) = outlook.targets
    assert str(targets) == "3 of 6 pods in payments: api-0, api-1, api-2"
    assert outlook.missing == ()
    assert not Run.objects.exists()


def test_every_reason_that_stands_in_the_way_is_said_at_once(port):
    Halt.objects.create(at=AT, by="fiona", reason="A real incident.")
    port.residues, port.unmet = (left("old"),), "The operator does not run."
    outlook = look(replace(an_order(), ceiling=2), port)
    assert [reason.split(":")[0].split(";")[0] for reason in outlook.missing] == [
        "Everything is halted",
        "Something of an earlier run is still in the cluster",
        "3 targets would be hit now, 2 were approved",
        "The cluster is not ready",
    ]


def test_a_live_run_stands_in_the_way(port):
    a_run(RunState.INJECTING)
    assert "one run at a time" in look(an_order(), port).missing[0]


def test_a_cluster_that_does_not_answer_is_no_reason_but_an_error(port):
    port.fail["identity"] = Transient("The cluster did not answer within 5 s.")
    with pytest.raises(Transient):
        look(an_order(), port)


def test_a_run_with_a_given_id_is_launched_once(port):
    run = uuid.uuid4()
    assert launch(an_order(), port, AT, lambda run: None, lambda: "", run) == str(run)
    with pytest.raises(Refused):
        launch(an_order(), port, AT, lambda run: None, lambda: "", run)
    assert Run.objects.count() == 1

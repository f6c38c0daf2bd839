"""What is sent to Litmus for every fault of the catalogue, against our lists and Litmus' own schema."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.adapters.litmus_manifests import LitmusSettings, engine
from chaos.domain.durations import format_duration
from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Sign
from chaos.domain.sight import Workload
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.catalogue import FAULTS, plan_injections
from chaos.faults.kinds import Choice, Duration, Whole
from chaos.ports import RunRef
from deploy.rehearsal.api.crds import definitions
from deploy.rehearsal.store.kinds import CHAOS_ENGINES
from deploy.rehearsal.store.schemas import Schema
from tests.support.builders import a_node, pods

REF = RunRef("0f0e0d0c-0000-4000-8000-000000000000", "bank-1", "everything")
SETTINGS = LitmusSettings("chaos", "chaos-runner")
ENGINES = next(
    Schema(crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
    for crd in definitions()
    if crd["spec"]["names"]["kind"] == "ChaosEngine"
)
MEASURED = (Sign.TARGETS_RESTART, Sign.TARGETS_LEAVE)
SENT = pytest.mark.parametrize(
    "fault", [one for one in FAULTS.values() if one.needs_targets], ids=lambda one: one.name
)


def injection_of(fault, **changes):
    return planned(fault, example.parameters(fault) | changes)


def planned(fault, given):
    kind = fault.target_kinds[-1] if fault.on_nodes else fault.target_kinds[0]
    parameters = fault.canonical(given)
    where = TargetSpec("payments", kind, {"app": "api"}, 1)
    pod = replace(pods()[0], labels={"app": "api", "statefulset.kubernetes.io/pod-name": "api-0"})
    targets = Targets("payments", (pod,), 6, 6)
    if fault.on_workloads:
        api = Workload("deployment", "payments", "api", "uid-api", 1)
        targets = replace(targets, workloads=(api,))
    if fault.on_nodes:
        targets = Targets("payments", (), 6, 6, (a_node(),), "node-5")
    spec = FaultSpec(fault.name, timedelta(seconds=60), where, parameters)
    (injection,) = plan_injections("0f0e0d0c", 0, spec, targets)
    return injection


@SENT
def test_every_setting_at_both_ends_of_its_limits_passes_the_list(fault):
    for item in (one for one in fault.parameters if one.env):
        ends = []
        if isinstance(item.kind, Whole):
            ends = [item.kind.least, item.kind.most]
        if isinstance(item.kind, Duration):
            ends = [format_duration(item.kind.least), format_duration(item.kind.most)]
        if isinstance(item.kind, Choice):
            ends = list(item.kind.words)
        for end in ends:
            try:
                beside = {"latency": "60s"} if item.name == "jitter" else {}  # which it may not exceed
                injection = injection_of(fault, **{item.name: end}, **beside)
            except Refused as error:
                assert "either" in str(error), "the other one is in the example"
                continue
            assert injection.env[item.env] == item.kind.env(str(end))
            assert engine(REF, injection, "grant-uid", SETTINGS)


@SENT
def test_its_engine_is_admitted_by_litmus_own_schema_and_nothing_of_it_is_pruned(fault):
    manifest = engine(REF, injection_of(fault), "grant-uid", SETTINGS)
    assert ENGINES.admit(CHAOS_ENGINES, manifest, strict=True, warn=pytest.fail) == manifest


@SENT
def test_an_env_value_that_litmus_would_read_differently_is_refused(fault):
    injection = injection_of(fault)
    for key in injection.env:
        with pytest.raises(Refused) as caught:
            engine(REF, replace(injection, env={**injection.env, key: "$(reboot)"}), "grant-uid", SETTINGS)
        assert caught.value.field == f"env.{key}"


@SENT
def test_anything_but_its_own_targets_by_name_is_refused(fault):
    injection = injection_of(fault)
    (key,) = {"TARGET_PODS", "TARGET_NODE", "TARGET_NODES"} & injection.env.keys()
    without = {name: value for name, value in injection.env.items() if name != key}
    for env in (without, {**without, key: "another"}):
        with pytest.raises(Refused, match="must name exactly"):
            engine(REF, replace(injection, env=env), "grant-uid", SETTINGS)


@SENT
def test_bare_seconds_are_sent_and_never_a_duration_that_litmus_reads_as_0(fault):
    env = injection_of(fault).env
    assert env["TOTAL_CHAOS_DURATION"] == "60"
    assert all(not re.fullmatch(r"\d+(ms|s|m|h)", value) for value in env.values())


@SENT
def test_it_can_be_undone_and_proven(fault):
    injection = injection_of(fault)
    assert injection.inverse in (InverseKind.DELETE_ENGINE, InverseKind.RESTORE_NODES)
    assert injection.sign is not Sign.WORD
    post = injection.postcondition
    if fault.is_provable:
        assert post.ready_at_least or post.nodes
        assert post.probe or post.gone or post.nodes or post.workloads or injection.sign in MEASURED
    assert fault.family is not None

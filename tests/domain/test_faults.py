"""The catalogue: parameters refused with a sentence, what is sent, how it is undone and proven."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.domain.errors import Refused
from chaos.domain.injection import InverseKind, Sign
from chaos.domain.targets import Targets
from chaos.faults.catalogue import FAULTS, UNPROVABLE, find, plan_injections
from tests.support.builders import a_manual_spec, a_spec, injections_of, pods

BY_HAND = {"inject": "Expire it.", "revert": "Renew it.", "proven_by": "p99"}


def without(key):
    return {name: value for name, value in BY_HAND.items() if name != key}


@pytest.mark.parametrize(
    "fault, parameters, field, sentence",
    [
        ("pod-delete", {"interval": "5s"}, "interval", "pod-delete has no parameter interval; it has force"),
        ("pod-delete", {"force": "yes"}, "force", "'yes' is neither true nor false"),
        ("pod-delete", {"force": 1}, "force", "1 is neither true nor false"),
        ("pod-delete", {"force": None}, "force", "pod-delete needs force: Without grace"),
        ("pod-delete", {"TARGET_PODS": "a"}, "TARGET_PODS", "no parameter TARGET_PODS"),
        ("manual", BY_HAND | {"command": "rm"}, "command", "manual has no parameter command"),
        ("manual", without("inject"), "inject", "manual needs inject: What the person does"),
        ("manual", without("revert"), "revert", "manual needs revert: How it is undone"),
        ("manual", without("proven_by"), "proven_by", "manual needs proven_by: The probe"),
        ("manual", BY_HAND | {"revert": " \n "}, "revert", "A few words are needed here"),
        ("manual", BY_HAND | {"inject": 5}, "inject", "A few words are needed here"),
        ("manual", BY_HAND | {"inject": "x" * 2001}, "inject", "longer than 2000 characters"),
        ("manual", BY_HAND | {"proven_by": "x" * 64}, "proven_by", "longer than 63 characters"),
        ("manual", BY_HAND | {"person_within": 60}, "person_within", "60 is not a duration"),
        ("manual", BY_HAND | {"person_within": "60"}, "person_within", "'60' is not a duration"),
        ("manual", BY_HAND | {"person_within": "4s"}, "person_within", "4s is outside 5s to 2h"),
        ("manual", BY_HAND | {"person_within": "3h"}, "person_within", "3h is outside 5s to 2h"),
    ],
)
def test_a_wrong_parameter_is_refused_at_its_place_with_a_sentence(fault, parameters, field, sentence):
    with pytest.raises(Refused, match=sentence) as caught:
        find(fault).canonical(parameters)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "fault, parameters, canonical",
    [
        ("pod-delete", {}, {"force": "false"}),
        ("pod-delete", {"force": True}, {"force": "true"}),
        ("pod-delete", {"force": "true"}, {"force": "true"}),
        ("manual", BY_HAND, BY_HAND | {"person_within": "10m"}),
        ("manual", BY_HAND | {"person_within": "90s"}, BY_HAND | {"person_within": "90s"}),
        ("manual", BY_HAND | {"inject": " Expire it.\n"}, BY_HAND | {"person_within": "10m"}),
        ("manual", BY_HAND | {"person_within": "1h"}, BY_HAND | {"person_within": "60m"}),
    ],
)
def test_canonical_parameters_have_defaults_filled_in_and_come_back_unchanged(fault, parameters, canonical):
    assert find(fault).canonical(parameters) == canonical
    assert find(fault).canonical(canonical) == canonical


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(["force", "inject", "revert", "proven_by", "person_within", "x"]),
                       st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5),
                                 st.sampled_from(["true", "30s", "p99"]))))  # fmt: skip
def test_whatever_is_given_is_refused_or_made_canonical_once_and_for_all(parameters):
    for fault in FAULTS.values():
        try:
            canonical = fault.canonical(parameters)
        except Refused:
            continue
        assert fault.canonical(canonical) == canonical
        assert all(isinstance(value, str) for value in canonical.values())


def test_an_unknown_fault_is_refused_and_the_catalogue_named():
    with pytest.raises(Refused, match=r"no fault 'pod-eat'.* The catalogue has pod-delete, .*, manual"):
        find("pod-eat")


def test_pods_are_deleted_by_name_in_one_round_and_nothing_is_left_to_litmus_to_choose():
    (injection,) = injections_of(a_spec())
    assert injection.env == {
        "TOTAL_CHAOS_DURATION": "10",
        "CHAOS_INTERVAL": "10",
        "FORCE": "false",
        "TARGET_PODS": "api-0,api-1,api-2",
        "SEQUENCE": "parallel",
        "RAMP_TIME": "0",
        "DEFAULT_HEALTH_CHECK": "false",
    }
    assert (injection.experiment, injection.name) == ("pod-delete", "gd-0f0e0d0c-0")
    assert (injection.app_label, injection.app_kind, injection.namespace) == (
        "app=api",
        "deployment",
        "payments",
    )


@pytest.mark.parametrize("seconds, sent", [(1, "1"), (90, "90")])
def test_litmus_is_told_the_seconds_of_one_round(seconds, sent):
    spec = replace(a_spec().fault, duration=timedelta(seconds=seconds))
    part = find("pod-delete").part(spec, Targets("payments", pods()[:1], 6, 6))
    assert part.env["TOTAL_CHAOS_DURATION"] == part.env["CHAOS_INTERVAL"] == sent


def test_deleted_pods_are_undone_when_as_many_are_ready_as_before_and_the_old_ones_are_gone():
    (injection,) = injections_of(a_spec())
    assert (injection.inverse, injection.sign) == (InverseKind.DELETE_ENGINE, Sign.TARGETS_LEAVE)
    assert (injection.pre_image.ready, injection.pre_image.matched) == (6, 6)
    post = injection.postcondition
    assert (post.ready_at_least, post.gone, post.probe) == (6, ("uid-0", "uid-1", "uid-2"), "")


def test_deleting_pods_without_naming_any_is_refused():
    with pytest.raises(Refused, match="needs targets"):
        plan_injections("0f0e0d0c", 0, a_spec().fault, None)


def test_a_fault_by_hand_sends_nothing_and_waits_for_words():
    (injection,) = injections_of(a_manual_spec())
    assert (injection.experiment, injection.env, injection.targets) == ("", {}, ())
    assert (injection.inverse, injection.sign) == (InverseKind.PERSON, Sign.WORD)
    assert injection.postcondition.probe == "p99"
    assert injection.instructions == "Inject: Expire it.\nUndo: Renew it."
    assert injection.person_within == timedelta(seconds=60)


def test_which_faults_cannot_be_proven_gone_is_an_explicit_list():
    assert {"kubelet-service-kill", "node-restart"} == UNPROVABLE
    assert all(fault.name == name for name, fault in FAULTS.items())


def test_a_second_injection_by_hand_is_refused_since_the_words_of_the_first_would_cover_it():
    spec = a_manual_spec().fault
    assert len(plan_injections("0f0e0d0c", 0, spec, None)) == 1
    with pytest.raises(Refused, match="said once in a run"):
        plan_injections("0f0e0d0c", 1, spec, None)

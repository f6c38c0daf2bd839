"""Is a fault there, and on which of its targets: measured on the platform, whatever Litmus says."""

from dataclasses import replace

import pytest

from chaos.domain.injection import Progress, Sign
from chaos.domain.presence import hit, is_there, missed
from chaos.domain.sight import ResultSeen
from tests.domain.views import a_sight, a_view, ago, replaced_pods, said
from tests.support.builders import a_drain_spec, a_latency_spec, a_manual_spec, a_node, pods

LEAVING = tuple(replace(pod, is_leaving=pod.name == "api-0") for pod in pods())
UNREADY = tuple(replace(pod, is_ready=pod.name != "api-0") for pod in pods())
INJECTION = a_view().injections[0]


@pytest.mark.parametrize(
    "there, expected",
    [(pods(), False), (pods()[1:], True), (LEAVING, True), (replaced_pods(), True), (UNREADY, False)],
)
def test_deleted_pods_are_there_as_soon_as_one_target_goes(there, expected):
    assert is_there(a_view(), INJECTION, a_sight(pods=there)) is expected


@pytest.mark.parametrize(
    "statuses, expected",
    [
        ({}, False),
        ({"pod/api-0": "targeted"}, False),
        ({"pod/api-0": "targeted", "pod/api-1": "injected"}, True),
    ],
)
def test_a_fault_that_only_litmus_can_see_is_taken_from_its_result(statuses, expected):
    by_result = replace(INJECTION, sign=Sign.RESULT_INJECTED)
    sight = a_sight(results=(ResultSeen("r", INJECTION.name, targets=statuses),))
    assert is_there(a_view(), by_result, sight) is expected


def test_a_fault_by_hand_is_there_when_somebody_said_so():
    spec = a_manual_spec()
    view = a_view(spec=spec)
    assert not is_there(view, view.injections[0], a_sight())
    view = replace(view, words=(said("injected"),))
    assert is_there(view, view.injections[0], a_sight())


def test_the_result_of_another_engine_says_nothing_of_this_injection():
    by_result = replace(INJECTION, sign=Sign.RESULT_INJECTED)
    other = ResultSeen("r", f"{INJECTION.name}1", targets={"pod/a": "reverted"})
    assert not is_there(a_view(), by_result, a_sight(results=(other,)))


def test_it_is_told_target_by_target_where_a_fault_is():
    assert hit(a_view(), INJECTION, a_sight(pods=pods()[2:])) == {"api-0", "api-1"}
    view = a_view(spec=a_latency_spec())
    said_of = {
        "pod/api-0": "injected",
        "pod/api-1": "targeted",
        "pod/api-2": "reverted",
        "pod/web": "injected",
    }
    sight = a_sight(results=(ResultSeen("r", INJECTION.name, targets=said_of),))
    assert hit(view, view.injections[0], sight) == {"api-0", "api-2"}


CORDONED = a_node(is_schedulable=False)


def drained(sight):
    view = a_view(spec=a_drain_spec())
    injection = replace(view.injections[0], leaving=pods()[:1])
    return hit(view, injection, sight), injection


def test_a_cordoned_node_is_not_drained_as_long_as_its_pods_are_there():
    refused, injection = drained(a_sight(nodes=(CORDONED,)))
    assert refused == {"node-0"}
    progress = Progress(0, requested_at=ago(9), hit=tuple(refused))
    assert missed((injection,), (progress,)) == ("payments/api-0",)


def test_a_pod_that_is_gone_or_on_its_way_has_left_its_node():
    for there in (pods()[1:], LEAVING):
        assert drained(a_sight(nodes=(CORDONED,), pods=there))[0] == {"node-0", "payments/api-0"}


def test_a_pod_that_leaves_a_node_which_nobody_touched_is_no_sign_of_a_fault():
    assert drained(a_sight(nodes=(a_node(),), pods=pods()[1:]))[0] == frozenset()


def test_after_litmus_has_uncordoned_the_node_its_word_and_the_pods_that_left_remain():
    result = ResultSeen("r", INJECTION.name, targets={"node/node-0": "reverted"})
    sight = a_sight(nodes=(a_node(),), pods=pods()[1:], results=(result,))
    assert drained(sight)[0] == {"node-0", "payments/api-0"}


def test_what_nobody_asked_for_was_not_missed():
    assert missed((INJECTION,), (Progress(0),)) == ()
    assert missed((INJECTION,), (Progress(0, requested_at=ago(9), hit=("api-1",)),)) == ("api-0", "api-2")
    by_hand = a_view(spec=a_manual_spec()).injections
    assert missed(by_hand, (Progress(0, requested_at=ago(9)),)) == ("by hand",)

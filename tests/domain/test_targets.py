"""Which pods may be touched: named, limited, never all, the same for the same pods."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.domain.errors import OverLimits, Refused
from chaos.domain.sight import Pod
from chaos.domain.spec import Stage, TargetSpec
from chaos.domain.targets import ALWAYS_PROTECTED, Limits, check_limits, resolve, wanted_count
from tests.support.builders import a_manual_spec, a_spec, pods

HALF = Limits(max_percent=50)
ALL = Limits(max_percent=100, min_ready_left=0)


def asking(**changes):
    values = {"namespace": "payments", "kind": "deployment", "labels": {"app": "api"}}
    return TargetSpec(**(values | ({"count": 1} if "percent" not in changes else {}) | changes))


def a_spec_with(targets=None, **fault):
    spec = a_spec()
    return replace(spec, faults=(replace(spec.fault, targets=targets or asking(), **fault),))


@pytest.mark.parametrize(
    "targets, sentence, field",
    [
        (asking(namespace="kube-system"), "kube-system is protected", "targets.namespace"),
        (asking(namespace="vault"), "vault is protected", "targets.namespace"),
        (asking(labels={}), "would match every pod", "targets.labels"),
        (asking(labels={"app": ""}), "would match every pod", "targets.labels"),
        (asking(labels={"": "api"}), "would match every pod", "targets.labels"),
        (asking(percent=51), "51 % of the pods is more than the 50 %", "targets.percent"),
    ],
)
def test_a_selector_outside_the_clusters_limits_is_refused_without_a_look(targets, sentence, field):
    limits = Limits(max_percent=50, protected_namespaces=("vault",))
    with pytest.raises(Refused, match=sentence) as caught:
        check_limits(a_spec_with(targets), limits, ())
    assert caught.value.field == f"scenarios.pod-failure.faults[0].{field}"


@pytest.mark.parametrize("namespace", ALWAYS_PROTECTED)
def test_the_clusters_own_namespaces_are_protected_whatever_an_administrator_lists(namespace):
    limits = Limits(protected_namespaces=(), opted_in_namespaces=(namespace,))
    with pytest.raises(Refused, match="protected"):
        check_limits(a_spec_with(asking(namespace=namespace)), limits, ())


def test_where_namespaces_opt_in_the_others_are_refused():
    with pytest.raises(Refused, match="has not opted in; this cluster allows staging"):
        check_limits(a_spec_with(), Limits(opted_in_namespaces=("staging",)), ())
    check_limits(a_spec_with(), Limits(opted_in_namespaces=("payments",)), ())


def test_a_fault_that_lasts_too_long_is_refused_and_one_at_the_limit_is_not():
    limits = Limits(max_fault=timedelta(seconds=30))
    check_limits(a_spec_with(duration=timedelta(seconds=30)), limits, ())
    with pytest.raises(Refused, match="lasts 31 s, the cluster allows 30 s"):
        check_limits(a_spec_with(duration=timedelta(seconds=31)), limits, ())


def test_a_fault_by_hand_has_no_selector_to_refuse():
    check_limits(a_manual_spec(), Limits(), ())


@pytest.mark.parametrize(
    "matched, percent, wanted", [(6, 50, 3), (7, 30, 2), (3, 30, 1), (1, 10, 1), (10, 29, 2), (200, 1, 2)]
)
def test_a_percentage_is_floored_and_at_least_one(matched, percent, wanted):
    assert wanted_count(asking(percent=percent), matched) == wanted


def _pods(*states):
    return tuple(
        Pod("payments", f"api-{i}", f"u{i}", f"node-{i % 3}", state == "ready", state == "leaving")
        for i, state in enumerate(states)
    )


R, N, L = "ready", "starting", "leaving"


@pytest.mark.parametrize(
    "targets, found, limits, sentence",
    [
        (asking(), (), HALF, "No pod in payments has app=api"),
        (asking(), (L, L), HALF, "No pod in payments has app=api"),
        (asking(count=4), (R,) * 6, HALF, "4 of 6 pods is 66 %; this cluster allows 50 %"),
        (asking(percent=25), (R, R, R), Limits(max_percent=25), "1 of 3 pods is 33 %"),
        (asking(), (R,), ALL, "1 of 1 ready pods would leave 0; 1 must be left"),
        (asking(count=2), (R, R), ALL, "2 of 2 ready pods would leave 0"),
        (asking(), (R, N), ALL, "1 of 1 ready pods would leave 0"),
        (asking(), (N, N), HALF, "1 of 0 ready pods would leave 0"),
        (asking(count=2), (R, R, R, N), Limits(100, min_ready_left=2), "would leave 1; 2 must be left"),
        (asking(count=0), (R,) * 4, HALF, "at least one must be named"),
        (asking(count=-1), (R,) * 4, HALF, "at least one must be named"),
    ],
)
def test_targets_that_would_be_none_or_too_many_are_refused(targets, found, limits, sentence):
    with pytest.raises(Refused, match=sentence):
        resolve(targets, _pods(*found), limits)


def test_targets_are_named_with_the_share_of_what_they_are_a_share_of():
    found = resolve(asking(count=3), pods(6), HALF)
    assert found.names == ("api-0", "api-1", "api-2")
    assert str(found) == "3 of 6 pods in payments: api-0, api-1, api-2"


def test_targets_share_a_node_as_late_as_possible():
    assert [pod.node for pod in resolve(asking(count=3), _pods(*(R,) * 7), HALF).pods] == [
        "node-0",
        "node-1",
        "node-2",
    ]


ANY_PODS = st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), min_size=0, max_size=12).map(
    lambda rows: [Pod("payments", f"p-{i}", f"u{i}", f"n{n}", r, x) for i, (n, r, x) in enumerate(rows)]
)
ANY_SHARE = st.one_of(
    st.integers(-2, 14).map(lambda count: asking(count=count)),
    st.integers(-5, 100).map(lambda percent: asking(percent=percent)),
)
ANY_LIMITS = st.builds(Limits, max_percent=st.integers(0, 100), min_ready_left=st.integers(-1, 3))


@settings(max_examples=200, deadline=None)
@given(ANY_PODS, ANY_SHARE, ANY_LIMITS, st.randoms(use_true_random=False))
def test_never_more_than_the_limit_never_all_ready_pods_and_the_same_in_any_order(
    found, asked, limits, random
):
    try:
        chosen = resolve(asked, found, limits)
    except Refused:
        return
    staying = [pod for pod in found if not pod.is_leaving]
    ready = [pod for pod in staying if pod.is_ready]
    assert 1 <= len(chosen.pods) <= len(ready) - 1
    assert len(chosen.pods) * 100 <= limits.max_percent * len(staying)
    assert len(ready) - len(chosen.pods) >= limits.min_ready_left
    assert set(chosen.names) <= {pod.name for pod in ready}
    assert len(set(chosen.names)) == len(chosen.names)
    shuffled = found.copy()
    random.shuffle(shuffled)
    assert resolve(asked, shuffled, limits) == chosen


def test_a_fault_that_cannot_be_proven_gone_is_refused_unless_the_administrator_allows_it():
    spec, names = a_spec(), {"pod-delete"}
    with pytest.raises(Refused, match="cannot be proven that pod-delete is gone") as caught:
        check_limits(spec, Limits(), names)
    assert caught.value.field == "scenarios.pod-failure.faults[0].fault"
    check_limits(spec, Limits(allow_unprovable=True), names)
    check_limits(spec, Limits(), {"node-restart"})


def test_a_pod_that_no_controller_would_replace_keeps_its_selector_from_being_used():
    found = (*pods(), replace(pods()[0], name="debug", uid="uid-debug", is_bare=True))
    with pytest.raises(Refused, match="debug: no controller would replace it"):
        resolve(a_spec().fault.targets, found, Limits(max_percent=50))


def test_each_rung_of_a_ladder_keeps_to_the_limits_that_can_be_told_without_a_look():
    ladder = (Stage(percent=20), Stage(percent=40))
    check_limits(a_spec_with(asking(percent=20), stages=ladder), Limits(max_percent=40), ())
    with pytest.raises(Refused, match="40 % of the pods is more than the 30 %"):
        check_limits(a_spec_with(asking(percent=20), stages=ladder), Limits(max_percent=30), ())


def a_ladder(*stages, duration=timedelta(seconds=10)):
    return a_spec_with(asking(count=1), duration=duration, stages=stages)


@pytest.mark.parametrize("rung", [Stage(percent=100), Stage(percent=26)])
def test_each_rung_is_held_to_the_share_of_pods_at_its_place(rung):
    with pytest.raises(OverLimits, match="% of the pods is more than the 25 %") as caught:
        check_limits(a_ladder(Stage(count=1), rung), Limits(max_percent=25), ())
    assert caught.value.field == "scenarios.pod-failure.faults[0].stages[1].percent"


def test_the_rungs_of_a_ladder_together_last_no_longer_than_a_fault_may():
    stages = tuple(Stage(count=number) for number in (1, 2, 3))
    limits = Limits(max_fault=timedelta(seconds=30))
    check_limits(a_ladder(*stages), limits, ())
    with pytest.raises(OverLimits, match="3 rungs of 11 s last 33 s together, the cluster allows 30 s"):
        check_limits(a_ladder(*stages, duration=timedelta(seconds=11)), limits, ())

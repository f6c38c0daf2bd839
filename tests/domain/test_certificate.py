"""The residue certificate never says clean where anything was not measured."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos.domain.certificate import Cleanup, judge
from chaos.domain.injection import Progress
from chaos.domain.measured import Measured
from chaos.domain.proof import expected
from chaos.domain.run import Marks
from chaos.domain.states import FINAL, RunState
from tests.domain.views import ago
from tests.support.builders import (
    a_busy_node_spec,
    a_drain_spec,
    a_latency_spec,
    a_manual_spec,
    a_spec,
    injections_of,
)

INJECTIONS = [
    injections_of(spec)[0]
    for spec in (a_spec(), a_manual_spec(), a_latency_spec(), a_drain_spec(), a_busy_node_spec())
]
CLEAN = Marks(clean_at=ago(5))


def proof_of(injection, **changes):
    return tuple(replace(Measured(part, "so", ago(5)), **changes) for part in expected(injection))


def done(injection, **changes):
    values = {"requested_at": ago(60), "reverted_at": ago(5), "proof": proof_of(injection)}
    return Progress(injection.index, **(values | changes))


def verdict(injection, progress, state=RunState.COMPLETED, marks=CLEAN, is_unprovable=False):
    return judge((injection,), (progress,), state, marks, is_unprovable)[0]


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda item: item.fault)
def test_with_all_of_it_measured_it_is_clean_and_without_any_one_part_it_cannot_be_proven(injection):
    whole = done(injection)
    assert verdict(injection, whole) is Cleanup.CLEAN
    for missing in whole.proof:
        part = tuple(item for item in whole.proof if item is not missing)
        assert verdict(injection, replace(whole, proof=part)) is Cleanup.UNPROVEN
        found = judge((injection,), (replace(whole, proof=part),), RunState.ABORTED, CLEAN, False)[1][0]
        assert expected(injection)[missing.part] in found.sentence


def test_what_is_in_tolerance_because_it_never_left_it_proves_nothing():
    injection = INJECTIONS[1]
    assert verdict(injection, done(injection, proof=proof_of(injection, doubt="it never moved"))) is (
        Cleanup.UNPROVEN
    )


def test_a_fault_of_which_nothing_could_be_measured_is_never_certified():
    injection = INJECTIONS[0]
    assert verdict(injection, done(injection), is_unprovable=True) is Cleanup.UNPROVEN


def test_a_run_that_kept_no_proof_is_of_an_older_release_and_cannot_be_proven():
    assert verdict(INJECTIONS[0], done(INJECTIONS[0], proof=())) is Cleanup.UNPROVEN


def test_a_target_that_is_gone_is_said_to_be_gone_and_not_to_be_clean():
    injection = INJECTIONS[3]
    assert verdict(injection, done(injection, proof=proof_of(injection, gone=("node-0",)))) is Cleanup.GONE


def test_past_its_deadline_it_is_stranded_until_it_is_proven_gone():
    injection, late = INJECTIONS[0], Marks(stranded_at=ago(30))
    asked = Progress(0, requested_at=ago(60))
    assert verdict(injection, asked, RunState.REVERTING, late) is Cleanup.STRANDED
    assert verdict(injection, done(injection), marks=replace(late, clean_at=ago(5))) is Cleanup.CLEAN


def test_before_the_end_of_a_run_nothing_is_certified():
    for state in set(RunState) - FINAL:
        assert verdict(INJECTIONS[0], done(INJECTIONS[0]), state) is Cleanup.OPEN
        assert verdict(INJECTIONS[0], Progress(0), state, Marks()) is Cleanup.OPEN
    assert verdict(INJECTIONS[0], Progress(0), RunState.ABORTED, Marks()) is Cleanup.NOTHING


@given(st.data())
def test_a_run_is_clean_only_if_every_injection_asked_for_has_every_part_measured_beyond_doubt(data):
    injections, progress = [], []
    for index in range(data.draw(st.integers(1, 3))):
        injection = replace(data.draw(st.sampled_from(INJECTIONS)), index=index)
        kept = data.draw(
            st.sets(st.sampled_from(list(expected(injection)))) | st.just(set(expected(injection)))
        )
        doubt = data.draw(st.sampled_from(["", "", "", "it never moved"]))
        proof = tuple(Measured(part, "so", ago(5), doubt=doubt) for part in kept)
        asked, gone = data.draw(st.booleans()), data.draw(st.sampled_from([None, ago(5), ago(5)]))
        injections.append(injection)
        progress.append(
            Progress(index, requested_at=ago(60) if asked else None, reverted_at=gone, proof=proof)
        )
    marks = Marks(clean_at=data.draw(st.sampled_from([None, ago(5), ago(5)])))
    state, unprovable = data.draw(st.sampled_from(list(RunState))), data.draw(st.booleans())
    said, each = judge(injections, progress, state, marks, unprovable)
    asked_for = [pair for pair in zip(injections, progress, strict=True) if pair[1].requested_at]
    is_whole = all(
        how_far.reverted_at
        and {item.part for item in how_far.proof if not item.doubt} == set(expected(injection))
        for injection, how_far in asked_for
    )
    may_be_clean = bool(asked_for) and state in FINAL and marks.clean_at and not unprovable and is_whole
    assert (said is Cleanup.CLEAN) is bool(may_be_clean)
    assert all(item.verdict is not Cleanup.CLEAN or said is not Cleanup.NOTHING for item in each)


@pytest.mark.parametrize("injection", INJECTIONS, ids=lambda item: item.fault)
def test_what_came_too_late_to_be_looked_into_makes_a_proven_one_unproven_and_says_when(injection):
    late = done(injection, left_alone_at=ago(1))
    (said,) = judge((injection,), (late,), RunState.COMPLETED, CLEAN, False)[1]
    assert said.verdict is Cleanup.UNPROVEN
    assert f"{ago(1):%H:%M:%S} UTC" in said.sentence and "Look at the targets" in said.sentence

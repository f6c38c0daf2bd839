"""Every edge between states, and the ones that must never be."""

import pytest

from chaos.domain.states import FINAL, TRANSITIONS, RunState, may_move

S = RunState
EDGES = {
    (S.PENDING, S.BASELINING),
    (S.PENDING, S.ABORTED),
    (S.BASELINING, S.INJECTING),
    (S.BASELINING, S.REVERTING),
    (S.INJECTING, S.OBSERVING),
    (S.INJECTING, S.REVERTING),
    (S.OBSERVING, S.REVERTING),
    (S.REVERTING, S.COMPLETED),
    (S.REVERTING, S.ABORTED),
    (S.REVERTING, S.FAILED),
}


@pytest.mark.parametrize("to", S)
@pytest.mark.parametrize("origin", S)
def test_a_run_may_move_along_these_edges_and_no_others(origin, to):
    assert may_move(origin, to) is ((origin, to) in EDGES)


def test_every_state_has_its_row():
    assert set(TRANSITIONS) == set(S)


def test_nothing_that_touched_the_cluster_ends_but_by_reverting():
    touched = set(S) - FINAL - {S.PENDING, S.REVERTING}
    assert not [(origin, to) for origin in touched for to in FINAL if may_move(origin, to)]


def test_no_end_is_left_again_and_reverting_never_goes_back_to_a_live_fault():
    assert all(not TRANSITIONS[end] for end in FINAL)
    assert TRANSITIONS[S.REVERTING] == FINAL


def test_every_state_is_reached_from_pending_and_reaches_an_end():
    reached = {S.PENDING}
    while more := {to for origin in reached for to in TRANSITIONS[origin]} - reached:
        reached |= more
    assert reached == set(S)
    for state in S:
        ahead = {state}
        while more := {to for origin in ahead for to in TRANSITIONS[origin]} - ahead:
            ahead |= more
        assert ahead & FINAL

"""A fault that a person injects needs that person's word and a green probe."""

from datetime import timedelta

import pytest

from chaos.domain.run import Word
from chaos.domain.states import RunState, Verdict
from tests.support.builders import a_manual_spec
from tests.support.fake_cluster import START


def _say(world, word):
    world.store.words += (Word(word, world.now(), "ravi"),)


def test_a_manual_fault_needs_the_word_and_a_green_probe(world_of):
    bad = (START + timedelta(seconds=12), START + timedelta(seconds=40))
    world = world_of(a_manual_spec(), lambda probe, at: 300.0 if bad[0] <= at < bad[1] else 120.0)
    world.at(12, lambda: _say(world, "injected"))
    world.at(35, lambda: _say(world, "reverted"))
    world.drive()
    assert world.store.record_.marks.clean_at >= bad[1], "the word alone proves nothing"
    assert world.store.record_.progress[0].injected_at == pytest.approx(bad[0], abs=timedelta(seconds=1))
    assert world.state is RunState.COMPLETED
    assert world.store.verdict is Verdict.DEVIATED


def test_a_manual_fault_without_the_word_is_stranded(world_of):
    world = world_of(a_manual_spec())
    world.at(12, lambda: _say(world, "injected"))
    world.at(200, lambda: _say(world, "reverted"))
    world.drive()
    assert world.store.record_.marks.stranded_at
    assert world.store.record_.marks.clean_at >= START + timedelta(seconds=200)


def test_nobody_injecting_in_time_fails_the_run(world_of):
    world = world_of(a_manual_spec())
    world.at(80, lambda: _say(world, "reverted"))
    world.drive()
    assert world.state is RunState.FAILED

"""That all helpers are gone holds for as long as nothing has come since that is or makes one."""

import pytest

from chaos.domain import reverting
from chaos.domain.decisions import MarkSteps
from chaos.domain.postcondition import has_come, that_may_act
from chaos.domain.run import Marks
from chaos.domain.sight import EngineSeen, ResidueKind
from chaos.domain.states import RunState
from tests.domain.views import ENGINE, NOW, a_sight, a_view, ago, engine, residue

JOB, POD, POLICY = (residue(kind) for kind in (ResidueKind.JOB, ResidueKind.POD, ResidueKind.POLICY))
GOING = (EngineSeen(ENGINE, engine().uid, "stop", "stopped", is_leaving=True),)


def saw(*left, engines=GOING, began=0.3):
    return a_sight(began, engines=engines, residue=left)


def test_a_helper_may_act_and_so_may_an_engine_that_nobody_has_told_to_go():
    assert that_may_act(saw(JOB, POD, engines=())) == (JOB, POD)
    assert that_may_act(saw(engine(), engines=())) == (engine(),)
    assert that_may_act(saw(residue(ResidueKind.RESULT), POLICY)) == ()


def test_an_engine_that_only_a_finalizer_holds_makes_no_helper_any_more():
    assert that_may_act(saw(engine())) == ()


@pytest.mark.parametrize("item", [JOB, POD])
def test_helpers_have_come_whatever_was_there_before(item):
    assert has_come(saw(item), saw(item)) and has_come(saw(item), saw()) and has_come(saw(item), None)


@pytest.mark.parametrize("item", [engine(), POLICY])
def test_of_the_rest_only_what_was_not_there_at_the_look_before_has_come(item):
    assert has_come(saw(item), saw())
    assert not has_come(saw(item), saw(item))
    assert not has_come(saw(item), None), "a driver that has only just begun takes it for an old one"
    assert not has_come(saw(), saw(item))


def test_while_an_engine_is_there_that_is_not_on_its_way_out_the_helpers_are_not_called_gone():
    accepted = Marks(granted_at=ago(60), ended_at=ago(3), accepted_at=ago(2))

    def decided(**sight):
        seen = saw(engine(), **sight)
        return reverting.decide(
            a_view(RunState.REVERTING, marks=accepted, seen=seen, last_act_at=ago(1)), NOW
        )

    assert not isinstance(decided(engines=()), MarkSteps)
    assert decided() == MarkSteps(pods_gone_at=ago(0.2))

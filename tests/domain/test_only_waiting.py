"""Past its deadline with nothing left but a create that may still land, a run waits, and is not stranded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain import reverting
from chaos.domain.decisions import AwaitLate, MarkSteps, Revert, Wait
from chaos.domain.run import Marks
from chaos.domain.sight import ClusterSight
from chaos.domain.states import RunState
from tests.domain.views import NOW, a_sight, a_view, ago, engine
from tests.support.builders import pods

UNTIL = NOW + timedelta(seconds=30)
GONE = Marks(granted_at=ago(120), ended_at=ago(70), accepted_at=ago(69), pods_gone_at=ago(66))
STRANDED = MarkSteps(stranded_at=NOW)


def nothing(began=0.3, **changes):
    return a_sight(began, **({"engines": (), "residue": (), "has_grant": False} | changes))


def overdue(marks=GONE, **changes):
    """Reverting for ten seconds longer than it may; all was seen gone just now."""
    sight = changes.pop("seen", nothing())
    values = {"seen": sight, "sight": sight, "last_act_at": ago(68), "uncertain_until": UNTIL}
    values |= {"state_since": ago(70), "told_until": UNTIL}
    return a_view(RunState.REVERTING, marks=marks, **(values | changes))


UNSEEN = ClusterSight(ago(0.2), ago(0.1), unseen="refused")
TABLE = {
    "nothing is left, and a create may still land": ({}, Wait()),
    "it is said until when, once": ({"told_until": None}, AwaitLate(UNTIL, nothing().at)),
    "no create is in doubt, and nothing is left": (
        {"uncertain_until": None},
        MarkSteps(clean_at=nothing().at),
    ),
    "an engine is there": ({"seen": nothing(residue=(engine(),))}, STRANDED),
    "a pod is short": ({"seen": nothing(pods=pods()[1:])}, STRANDED),
    "the deletes were never accepted": ({"marks": replace(GONE, accepted_at=None)}, STRANDED),
    "the helpers were never seen gone": ({"marks": replace(GONE, pods_gone_at=None)}, STRANDED),
    "the newest look failed": ({"sight": UNSEEN}, STRANDED),
    "nobody has looked for a while": ({"seen": nothing(8.2), "watching_since": ago(200)}, STRANDED),
    "the look is from before the last act": ({"last_act_at": ago(0.1)}, STRANDED),
    "the create under way is still on": ({"acting": frozenset({"inject"})}, STRANDED),
    "it was never seen since": ({"seen": None, "watching_since": ago(20)}, STRANDED),
    "its driver has only come": ({"seen": None, "watching_since": ago(1)}, Wait()),
    "its driver has only come, and no create is in doubt": (
        {"seen": None, "watching_since": ago(1), "uncertain_until": None},
        STRANDED,
    ),
}


@pytest.mark.parametrize("changes, answer", TABLE.values(), ids=TABLE)
def test_past_its_deadline_it_is_stranded_unless_a_fresh_look_showed_that_nothing_is_left(changes, answer):
    assert reverting.decide(overdue(**changes), NOW) == answer


def test_the_wait_is_no_shorter_for_it():
    for seconds in (0.5, 5, 29):
        late = NOW + timedelta(seconds=seconds)
        sight = replace(nothing(), began_at=late - timedelta(seconds=0.4), at=late - timedelta(seconds=0.3))
        assert reverting.decide(overdue(seen=sight), late) == Wait()
    after = replace(nothing(), began_at=UNTIL, at=UNTIL + timedelta(seconds=0.1))
    done = reverting.decide(overdue(seen=after, sight=after), UNTIL + timedelta(seconds=0.2))
    assert done == MarkSteps(clean_at=after.at)


def test_what_lands_meanwhile_strands_it_at_once_and_is_deleted():
    there = overdue(seen=nothing(residue=(engine(),)))
    assert reverting.decide(there, NOW) == STRANDED
    stranded = replace(there, marks=replace(GONE, stranded_at=NOW), left_noted_at=NOW)
    assert reverting.decide(stranded, NOW) == Revert()

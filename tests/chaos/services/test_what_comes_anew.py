"""What a look shows that came after the helpers were gone takes back what rested on that."""

from dataclasses import replace

import pytest

from chaos.domain import reverting
from chaos.domain.decisions import MarkSteps
from chaos.domain.injection import Progress
from chaos.domain.record import RunRecord, Signals
from chaos.domain.run import Marks
from chaos.domain.sight import EngineSeen, ResidueKind
from chaos.domain.states import RunState
from chaos.ports import ActDone
from chaos.services.acts import RECREATE
from chaos.services.perceive import Perception
from tests.domain.views import ENGINE, NOW, a_sight, a_view, ago, engine, residue
from tests.support.builders import a_latency_spec, injections_of

MARKS = Marks(granted_at=ago(60), ended_at=ago(20), accepted_at=ago(19), pods_gone_at=ago(18))
REPLACED = Progress(0, requested_at=ago(50), answered_at=ago(49), injected_at=ago(45), recreated_at=ago(12))
HELPER = (residue(ResidueKind.JOB), residue(ResidueKind.POD))
GOING = (EngineSeen(ENGINE, engine().uid, "stop", "stopped", is_leaving=True),)


def saw(began, *left, engines=()):
    return a_sight(began, engines=engines, residue=left, has_grant=False)


class Driver:
    """Its view, what it wrote, and what it folds in."""

    def __init__(self, progress=REPLACED, marks=MARKS, seen=None):
        spec = a_latency_spec()
        record = RunRecord(
            "run", "i", spec, spec.digest, RunState.REVERTING, ago(20), NOW, marks, Signals(NOW),
            injections_of(spec), (progress,),
        )  # fmt: skip
        self.written = []
        self.eyes = Perception(record, self, NOW)
        self.view = a_view(
            RunState.REVERTING, spec, marks=marks, state_since=ago(20), last_act_at=ago(3),
            progress=(progress,), seen=seen, sight=seen,
        )  # fmt: skip

    def note(self, change):
        self.written.append(change)

    def sees(self, *looks):
        for look in looks:
            self.view = self.eyes.fold(self.view, look)
        return self

    @property
    def recreated_at(self):
        return self.view.progress[0].recreated_at

    def kinds(self):
        return [event.kind for change in self.written for event in change.events]


def test_a_look_that_began_while_a_helper_was_still_there_proves_nothing():
    """It may have read the nodes before the helper's last deed and the helpers after its end."""
    driver = Driver(seen=saw(4)).sees(saw(2, *HELPER), saw(1))
    (decided, then) = (reverting.decide(driver.view, ago(0.9)), driver.sees(saw(0.5)).view)
    assert decided == MarkSteps(pods_gone_at=ago(0.9)), "and no more than that"
    assert then.marks.pods_gone_at is None


@pytest.mark.parametrize("look", [saw(2, *HELPER), saw(2, engine()), saw(2, engine(), engines=GOING)])
def test_whom_we_replaced_does_not_count_as_replaced_any_more_once_something_has_come(look):
    driver = Driver(seen=saw(4)).sees(look)
    assert driver.recreated_at is None and driver.view.marks.pods_gone_at is None
    assert driver.kinds() == ["run.came_back"]
    (change,) = driver.written
    assert (change.marks, change.progress) == (driver.view.marks, driver.view.progress)


def test_it_is_written_down_once_for_as_long_as_it_stays():
    driver = Driver(seen=saw(4)).sees(saw(3, *HELPER), saw(2, *HELPER), saw(1, engine()))
    assert driver.kinds() == ["run.came_back"]


def test_an_engine_that_a_finalizer_holds_all_along_has_no_pods_replaced_twice():
    held = [saw(began, engine(), engines=GOING) for began in (4, 3, 2, 1)]
    assert Driver(seen=held[0]).sees(*held[1:]).recreated_at == ago(12)
    assert Driver(seen=None).sees(*held).recreated_at == ago(12), "nor does the next driver"


def test_what_comes_while_they_are_being_replaced_may_be_in_those_that_took_their_place():
    asked = replace(REPLACED, recreated_at=None)
    done = ActDone(RECREATE, ago(1), result=(0,))
    assert Driver(asked, seen=saw(4)).sees(saw(2), done).recreated_at == ago(1)
    assert Driver(asked, seen=saw(4)).sees(saw(2, engine()), done).recreated_at is None


def test_before_the_way_back_a_helper_is_what_is_to_be_there():
    driver = Driver(seen=saw(4))
    driver.view = replace(driver.view, state=RunState.OBSERVING)
    assert driver.sees(saw(2, *HELPER, engine())).view.marks == MARKS


@pytest.mark.parametrize(("before", "counts"), [(saw(4), True), (saw(6), False), (None, False)])
def test_while_a_create_may_land_whom_we_replaced_counts_only_for_who_never_looked_away(before, counts):
    driver = Driver(seen=before)
    assert driver.sees(saw(2)).recreated_at == ago(12), "no create may land any more"
    driver = Driver(seen=before)
    driver.view = replace(driver.view, uncertain_until=ago(-20))
    assert (driver.sees(saw(2)).recreated_at == ago(12)) is counts
    assert (driver.view.marks.pods_gone_at is not None) is counts

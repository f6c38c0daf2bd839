"""The next rung: over a steady state that was measured to be back, and not over old samples of it."""

from dataclasses import replace

from chaos.domain import climbing
from chaos.domain.decisions import Climb, MarkRung, Wait
from chaos.domain.injection import Progress
from chaos.domain.spec import Freshness, Stage
from tests.domain.views import NOW, a_sight, a_view, ago, tallies
from tests.support.builders import SECOND, a_probe, a_spec

FRESH = replace(a_probe(), freshness=Freshness("requests_total", 5 * SECOND))


def a_ladder(gone_at, probe):
    fault = replace(a_spec().fault, duration=10 * SECOND, stages=(Stage(count=1), Stage(count=3)))
    spec = a_spec(faults=(fault,), probes=(probe,))
    progress = Progress(
        0,
        intended_at=ago(30),
        requested_at=ago(30),
        answered_at=ago(30),
        injected_at=ago(25),
        reverted_at=gone_at,
    )
    return a_view(spec=spec, progress=(progress,), tallies=tallies(spec))


def test_a_reading_from_before_the_rung_was_gone_climbs_nothing():
    assert climbing.decide(a_ladder(NOW, a_probe()), NOW) == Wait()
    assert climbing.decide(a_ladder(ago(1), a_probe()), NOW) == Climb(1)


def test_a_reading_may_rest_on_a_sample_as_old_as_its_freshness_allows():
    assert climbing.decide(a_ladder(ago(4.9), FRESH), NOW) == Wait()
    assert climbing.decide(a_ladder(ago(5.1), FRESH), NOW) == Climb(1)


def test_a_rung_is_gone_by_a_look_that_began_when_its_helpers_were_and_by_none_before():
    view = a_ladder(None, a_probe())
    view = replace(view, rung_ended_at=ago(4), seen=a_sight(2, engines=(), residue=()))
    began = view.seen.began_at
    assert climbing.decide(view, NOW) == Wait()
    torn = replace(view, rung_gone_at=began + SECOND / 10)
    assert climbing.decide(torn, NOW) == Wait(), "a helper may have ended in between"
    assert climbing.decide(replace(view, rung_gone_at=began), NOW) == MarkRung((0,), view.seen.at)


def test_a_rung_is_gone_as_of_the_last_reading_that_proves_it():
    view = a_ladder(None, a_probe())
    seen = a_sight(1, engines=(), residue=())
    view = replace(view, rung_ended_at=ago(4), rung_gone_at=seen.began_at, seen=seen)
    (injection,) = view.injections
    proven = replace(injection, postcondition=replace(injection.postcondition, probe="p99"))
    assert climbing.decide(view, NOW) == MarkRung((0,), seen.at)
    assert climbing.decide(replace(view, injections=(proven,)), NOW) == MarkRung((0,), NOW)

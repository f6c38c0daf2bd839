"""What every store keeps to for those who do not drive: the sweep, and whoever presses Stop."""

from datetime import timedelta

import pytest

from chaos.domain.errors import StoreUnavailable
from chaos.domain.injection import Progress
from chaos.domain.left import Left
from chaos.domain.record import Event
from chaos.domain.run import Stop
from chaos.domain.states import StopKind
from tests.support.launching import AT

BUTTON = Stop(AT + timedelta(seconds=2), StopKind.PERSON, "Smoke.", "otto")
LEFT = Left("ChaosEngine chaos/gd-0", kind="ChaosEngine", names=("gd-0",))


def test_which_runs_are_over_is_told_by_their_ids_and_by_how_these_begin(kept):
    given = {kept.run, kept.run[:8], "99999999", "not-a-run", ""}
    assert kept.store.over(given) == {}
    kept.store.want_stop([kept.run], BUTTON)
    assert kept.store.over(given) == {kept.run: kept.run, kept.run[:8]: kept.run}


def test_what_came_after_the_end_of_a_run_is_kept_until_nothing_is_left_of_it(kept):
    kept.store.want_stop([kept.run], BUTTON)
    kept.store.note_late(kept.run, AT, [LEFT], [Event("run.came_late", "It came.", AT)])
    later = AT + timedelta(minutes=1)
    kept.store.note_late(kept.run, later, [LEFT], [Event("run.undone_late", "The same is left.", later)])
    assert kept.store.late("practice") == [(kept.run, AT)]
    assert len(kept.facts()["residue"]) == 1
    kept.store.note_late(
        kept.run, later, [], [Event("run.gone_late", "It is gone.", later)], [Progress(0, recreated_at=AT)]
    )
    assert kept.store.late("practice") == []
    assert kept.store.load(kept.run).progress[0].recreated_at == AT
    assert [kind for kind in kept.events() if "late" in kind] == ["run.came_late", "run.gone_late"]


@pytest.mark.parametrize(
    "verb", ["ref", "installation", "live", "overdue", "over", "late", "note_late", "want_stop"]
)
def test_a_store_that_is_away_says_so_to_those_who_do_not_drive_too(kept, verb):
    arguments = {
        "ref": (kept.run,),
        "overdue": (AT,),
        "over": ([kept.run],),
        "late": ("practice",),
        "note_late": (kept.run, AT, (), ()),
        "want_stop": ([kept.run], BUTTON),
    }
    with kept.away(), pytest.raises(StoreUnavailable):
        getattr(kept.store, verb)(*arguments.get(verb, ()))
    assert kept.store.signals(kept.run).stop is None

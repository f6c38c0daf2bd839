"""What every store keeps to: leases and fences, conditional writes, latched stops, all or nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import StoreUnavailable
from chaos.domain.injection import Progress
from chaos.domain.left import Left
from chaos.domain.record import Change, Event
from chaos.domain.run import Marks, Stop, Word
from chaos.domain.sight import Alert, AlertsReading, Reading
from chaos.domain.spec import ExpectationKind
from chaos.domain.states import RunState, StopKind, Verdict
from chaos.domain.targets import Limits
from chaos.domain.verdict import Outcome
from tests.support.launching import AT

SECOND = timedelta(seconds=1)
LEASE = 15 * SECOND
TO_BASELINE = (RunState.PENDING, RunState.BASELINING)
BREACH = Stop(AT + SECOND, StopKind.BREACH, "p99 was 600 ms.")
BUTTON = Stop(AT + 2 * SECOND, StopKind.PERSON, "Smoke.", "otto")


@pytest.fixture
def fence(kept):
    return kept.store.claim(kept.run, "first", AT)


def write(kept, fence, **parts):
    return kept.store.record(kept.run, fence, Change(**({"at": AT} | parts)))


def test_a_claim_raises_the_fence_each_time(kept, fence):
    assert kept.store.claim(kept.run, "first", AT) == fence + 1


def test_a_second_owner_is_refused_while_the_lease_lasts_and_not_after(kept, fence):
    assert kept.store.claim(kept.run, "second", AT + LEASE) is None
    assert kept.store.claim(kept.run, "second", AT + LEASE + SECOND) == fence + 1
    assert kept.store.claim(kept.run, "first", AT + LEASE + SECOND) is None


def test_a_renewed_lease_lasts_from_the_renewal(kept, fence):
    assert kept.store.renew(kept.run, fence, AT + 10 * SECOND)
    assert kept.store.claim(kept.run, "second", AT + 25 * SECOND) is None
    assert kept.store.claim(kept.run, "second", AT + 26 * SECOND)


def test_a_fence_that_was_raised_renews_and_releases_nothing(kept, fence):
    later = AT + 20 * SECOND
    assert kept.store.claim(kept.run, "second", later)
    assert not kept.store.renew(kept.run, fence, later)
    kept.store.release(kept.run, fence)
    assert kept.store.claim(kept.run, "third", later) is None


def test_a_released_run_is_free_at_once(kept, fence):
    kept.store.release(kept.run, fence)
    assert kept.store.claim(kept.run, "second", AT) == fence + 1


def test_a_lease_that_is_over_is_still_ours_until_somebody_takes_it(kept, fence):
    assert kept.store.renew(kept.run, fence, AT + 60 * SECOND)
    assert write(kept, fence, marks=Marks(granted_at=AT))


def test_what_is_written_is_what_is_loaded(kept, fence):
    marks, at = Marks(granted_at=AT, decided_at=AT + SECOND), AT + 3 * SECOND
    progress = Progress(0, intended_at=AT, requested_at=AT + SECOND)
    assert write(kept, fence, at=at, moved=TO_BASELINE, marks=marks, progress=(progress,))
    found = kept.store.load(kept.run)
    assert (found.state, found.state_since) == (RunState.BASELINING, at)
    assert (found.marks, found.progress) == (marks, (progress,))
    assert found.spec.digest == found.spec_digest
    assert found.injections[0].targets[0].uid == "uid-0"


def test_what_a_change_does_not_name_stays_as_it_is(kept, fence):
    progress = Progress(0, requested_at=AT)
    write(
        kept,
        fence,
        marks=Marks(granted_at=AT),
        progress=(progress,),
        residue=(Left("an engine"),),
        stop=BREACH,
    )
    assert write(kept, fence)
    found = kept.store.load(kept.run)
    assert (found.marks.granted_at, found.progress, found.signals.stop) == (AT, (progress,), BREACH)
    assert kept.facts()["residue"] == ["an engine"]
    assert write(kept, fence, residue=())
    assert kept.facts()["residue"] == []


def test_an_old_fence_writes_nothing(kept, fence):
    kept.store.claim(kept.run, "first", AT)
    event = Event("run.state", "Baseline.", AT)
    assert not write(kept, fence, moved=TO_BASELINE, marks=Marks(granted_at=AT), stop=BREACH, events=(event,))
    found = kept.store.load(kept.run)
    assert (found.state, found.marks, found.signals.stop) == (RunState.PENDING, Marks(), None)
    assert kept.events() == []


def test_a_move_from_another_state_writes_nothing_of_the_change(kept, fence):
    wrong = (RunState.BASELINING, RunState.INJECTING)
    event = Event("run.state", "Injecting.", AT)
    assert not write(kept, fence, moved=wrong, marks=Marks(granted_at=AT), events=(event,))
    found = kept.store.load(kept.run)
    assert (found.state, found.marks) == (RunState.PENDING, Marks())
    assert kept.events() == []


def test_a_stop_is_latched_and_a_second_one_changes_nothing(kept, fence):
    assert write(kept, fence, stop=BREACH)
    assert write(kept, fence, stop=replace(BREACH, reason="Another."))
    kept.press_stop(BUTTON)
    assert kept.store.signals(kept.run).stop == BREACH


def test_a_stop_that_somebody_pressed_is_seen_and_kept_over_the_drivers_own(kept, fence):
    kept.press_stop(BUTTON)
    assert kept.store.signals(kept.run).stop == BUTTON
    assert write(kept, fence, stop=BREACH)
    assert kept.store.load(kept.run).signals.stop == BUTTON


def test_a_change_is_written_whole_or_not_at_all(kept, fence):
    bad = Event("run.state", "Half.", AT, body={"share": 0.5})
    with pytest.raises(TypeError):
        write(
            kept,
            fence,
            moved=TO_BASELINE,
            marks=Marks(granted_at=AT),
            stop=BREACH,
            progress=(Progress(0, requested_at=AT),),
            readings=(Reading("p99", AT, AT, 1.0),),
            events=(Event("note", "Fine.", AT), bad),
        )
    found = kept.store.load(kept.run)
    assert (found.state, found.marks, found.readings) == (RunState.PENDING, Marks(), ())
    assert (found.progress, found.signals.stop) == ((Progress(0),), None)
    assert kept.events() == []


def test_readings_come_back_exactly_and_in_the_order_of_their_instants(kept, fence):
    given = [
        Reading(
            "p99", AT + n * SECOND, AT + n * SECOND + SECOND / 3, value, "" if value is not None else "why"
        )
        for n, value in enumerate([120.1, 1e-9, None, 0.1 + 0.2, 5e300, -0.0])
    ]
    errors = Reading("errors", AT, AT + SECOND / 2, 0.0)
    assert write(kept, fence, readings=(*given[:3], errors))
    assert write(kept, fence, readings=tuple(given[3:]))
    found = kept.store.load(kept.run).readings
    assert [item for item in found if item.probe == "p99"] == given
    assert errors in found and len(found) == 7


def test_alerts_are_kept_apart_from_readings(kept, fence):
    alerts = AlertsReading(AT, AT, (Alert("HighErrors", "firing", {"severity": "page"}),))
    assert write(kept, fence, alerts=(alerts, AlertsReading(AT, AT, None, "refused")))
    assert kept.facts()["alerts"] == 2
    assert kept.store.load(kept.run).readings == ()


def test_signals_carry_the_lever_and_what_people_said(kept):
    assert kept.store.signals(kept.run).lever == ""
    word = Word("injected", AT, "ravi", "Expired.")
    kept.say(word)
    kept.halt("An incident")
    kept.clock.at = AT + SECOND
    found = kept.store.signals(kept.run)
    assert (found.lever, found.words, found.at) == ("An incident (by otto)", (word,), AT + SECOND)


def test_signals_tell_a_driver_who_slept_that_another_has_the_run(kept, fence):
    assert kept.store.signals(kept.run).fence == fence
    kept.store.release(kept.run, fence)
    taken = kept.store.claim(kept.run, "another", kept.clock.at)
    assert kept.store.signals(kept.run).fence == kept.store.load(kept.run).signals.fence == taken != fence


def test_signals_and_a_loaded_run_carry_the_limits_as_they_are_now(kept):
    assert kept.store.signals(kept.run).limits.max_percent == 50
    kept.limit(Limits(max_percent=20, max_nodes=0))
    for found in (kept.store.signals(kept.run), kept.store.load(kept.run).signals):
        assert (found.limits.max_percent, found.limits.max_nodes) == (20, 0)


def test_an_end_carries_its_verdict_gives_the_lease_back_and_cannot_be_claimed(kept, fence):
    outcome = Outcome("p99", ExpectationKind.HOLDS, "< 200 ms", Verdict.HELD, "It held.")
    sent = {"metadata": {"name": "gd-0"}}
    assert write(kept, fence, moved=TO_BASELINE, manifests={0: sent})
    read_back = ({"index": 0, "objects": [sent]},)
    assert write(kept, fence, moved=(RunState.BASELINING, RunState.REVERTING), read_back=read_back)
    last = (RunState.REVERTING, RunState.ABORTED)
    assert write(kept, fence, moved=last, verdict=Verdict.INCONCLUSIVE, outcomes=(outcome,))
    facts = kept.facts()
    assert (facts["verdict"], facts["findings"], facts["lease_until"]) == ("inconclusive", 1, None)
    assert (facts["manifest"], facts["read_back"]) == (sent, [[sent]])
    assert kept.store.claim(kept.run, "second", AT + 60 * SECOND) is None


def test_events_stand_in_the_order_in_which_they_were_given(kept, fence):
    kinds = [f"note.{n}" for n in range(5)]
    write(kept, fence, events=tuple(Event(kind, "Said.", AT) for kind in kinds[:3]))
    write(kept, fence, events=tuple(Event(kind, "Said.", AT) for kind in kinds[3:]))
    assert kept.events() == kinds


@pytest.mark.parametrize("press", ["stop", "lever"])
def test_nothing_is_intended_once_a_stop_is_latched_or_the_lever_is_down(kept, fence, press):
    """It may come between the last time that the driver asked and what it then writes."""
    if press == "stop":
        kept.press_stop(BUTTON)
    else:
        kept.halt("An incident")
    event = Event("injection.requested", "Requested.", AT)
    with pytest.raises(StoreUnavailable, match="Nothing starts any more"):
        write(kept, fence, progress=(Progress(0, requested_at=AT),), events=(event,))
    assert kept.store.load(kept.run).progress[0].requested_at is None
    assert "injection.requested" not in kept.events()


def test_what_was_intended_before_the_stop_is_written_on_after_it(kept, fence):
    assert write(kept, fence, progress=(Progress(0, requested_at=AT),))
    kept.press_stop(BUTTON)
    known = Progress(0, requested_at=AT, injected_at=AT + SECOND)
    assert write(kept, fence, at=AT + SECOND, progress=(known,))
    assert write(kept, fence, progress=(known,))
    assert kept.store.load(kept.run).progress == (known,)


def test_a_run_that_nobody_took_up_is_overdue_after_two_seconds(kept):
    assert list(kept.store.overdue(AT + 2 * SECOND)) == []
    assert list(kept.store.overdue(AT + 2.1 * SECOND)) == [kept.run]


def test_a_run_is_overdue_when_its_lease_is_over_and_not_while_it_lasts(kept, fence):
    assert list(kept.store.overdue(AT + LEASE)) == []
    assert list(kept.store.overdue(AT + LEASE + SECOND)) == [kept.run]
    kept.store.renew(kept.run, fence, AT + LEASE)
    assert list(kept.store.overdue(AT + LEASE + SECOND)) == []


def test_a_run_is_live_until_its_end_and_its_objects_are_known_after_it_too(kept, fence):
    ref = kept.store.ref(kept.run)
    assert (ref.run, ref.installation) == (kept.run, kept.store.installation())
    assert kept.store.live() == {kept.run: ref}
    assert write(kept, fence, moved=(RunState.PENDING, RunState.ABORTED))
    assert kept.store.live() == {}
    assert list(kept.store.overdue(AT + 60 * SECOND)) == []
    assert kept.store.ref(kept.run) == ref


def test_only_the_first_stop_of_a_live_run_is_counted(kept, fence):
    assert kept.store.want_stop([kept.run], BUTTON) == 1
    assert kept.store.want_stop([kept.run], replace(BUTTON, by="ravi")) == 0
    assert kept.store.signals(kept.run).stop == BUTTON


def test_whoever_stopped_a_run_takes_the_place_of_the_reason_that_the_run_found_for_itself(kept, fence):
    write(kept, fence, stop=Stop(BUTTON.at, StopKind.FAULT, "Its engine is gone; somebody deleted it."))
    assert kept.store.want_stop([kept.run], BUTTON) == 1
    assert kept.store.signals(kept.run).stop == BUTTON


def test_a_stopped_run_that_no_driver_ever_had_is_over(kept):
    assert kept.store.want_stop([kept.run], BUTTON) == 1
    assert kept.store.load(kept.run).state is RunState.ABORTED
    assert kept.store.claim(kept.run, "first", AT) is None
    assert kept.store.want_stop([kept.run], BUTTON) == 0


@pytest.mark.parametrize("verb", ["claim", "renew", "release", "load", "signals", "record"])
def test_a_store_that_is_away_says_so_whatever_it_is_asked_and_works_again_after(kept, fence, verb):
    arguments = {
        "claim": ("first", AT),
        "renew": (fence, AT),
        "release": (fence,),
        "record": (fence, Change(AT, marks=Marks(granted_at=AT), events=(Event("note", "Said.", AT),))),
    }
    ask = getattr(kept.store, verb)
    with kept.away(), pytest.raises(StoreUnavailable):
        ask(kept.run, *arguments.get(verb, ()))
    assert kept.store.load(kept.run).marks == Marks()
    assert kept.events() == []
    ask(kept.run, *arguments.get(verb, ()))

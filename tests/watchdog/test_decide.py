"""When the watchdog ends everything, and when it leaves it alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.watchdog.decide import LATE, SOON, TTL, Grant, Memory, Seen, decide

EVERY = 2.0
ENGINE = "ChaosEngine chaos/gd-12345678-0"


def beating(beat: int, uid: str = "a", ttl: float = TTL) -> Seen:
    return Seen(Grant(uid, f"run-{uid}", f"beat {beat}", ttl), ours=None)


ALONE = Seen(ours=(ENGINE,))
NOTHING = Seen()
MAY_NOT = "Gameday may not get leases."
UNREAD = Seen(None, "an incident", None, no_grant_seen=MAY_NOT)
"""The lever is down, and whether there is a grant could not be read."""


@dataclass
class Dog:
    """Looks every two seconds of a clock of its own."""

    now: float = 1000.0
    memory: Memory = field(default_factory=Memory)
    acted: list[float] = field(default_factory=list)
    finds_nothing: bool = True
    """Each try, of what it would end."""

    def sees(self, seen: Seen | None, seconds: float = EVERY) -> None:
        until = self.now + seconds
        while self.now < until:
            decision = decide(seen, self.now, self.memory)
            self.memory = decision.memory
            if decision.acts:
                self.acted.append(self.now)
                self.memory = replace(self.memory, is_over=self.finds_nothing)
            self.now += EVERY


@pytest.fixture
def dog() -> Dog:
    return Dog()


def test_a_fresh_watch_of_an_old_grant_starts_its_own_clock(dog: Dog) -> None:
    dog.sees(beating(1), TTL)
    assert dog.acted == []
    dog.sees(beating(1))
    assert dog.acted == [1000 + TTL]
    assert dog.memory.why == "Run run-a has not been heard of for 30 s."


def test_a_heartbeat_of_whatever_text_starts_the_clock_anew(dog: Dog) -> None:
    for text in (3, 2, 9, -1, 9):  # clocks of others may go backwards
        dog.sees(beating(text), TTL - EVERY)
    assert dog.acted == []


def test_a_grant_says_how_long_it_lasts(dog: Dog) -> None:
    dog.sees(beating(1, ttl=10), 14)
    assert dog.acted[0] == 1010


def test_the_time_runs_on_while_nothing_can_be_seen_but_nobody_acts_blindly(dog: Dog) -> None:
    dog.sees(beating(1))
    dog.sees(None, 5 * TTL)
    assert dog.acted == []
    dog.sees(beating(1))
    assert len(dog.acted) == 1


def test_a_heartbeat_that_changed_while_nothing_could_be_seen_counts(dog: Dog) -> None:
    dog.sees(beating(1))
    dog.sees(None, 5 * TTL)
    dog.sees(beating(2), TTL)
    assert dog.acted == []


def test_once_begun_it_goes_on_blindly_and_when_somebody_is_heard_of_again(dog: Dog) -> None:
    dog.sees(beating(1), TTL + EVERY)
    dog.sees(None, 10)
    dog.sees(beating(2), 10)
    dog.sees(Seen(ours=None), 10)
    assert len(dog.acted) > 6
    dog.sees(NOTHING)
    assert dog.memory.why == ""


def test_nothing_in_sight_is_no_end_before_a_try_has_measured_that_nothing_is_left(dog: Dog) -> None:
    dog.finds_nothing = False  # a policy of ours, say, which no look shows
    dog.sees(beating(1), TTL + EVERY)
    dog.sees(NOTHING, 20)
    assert dog.memory.why and len(dog.acted) > 5
    dog.finds_nothing = True
    dog.sees(NOTHING, LATE)
    assert dog.memory.why == ""


def test_what_comes_to_light_after_a_try_that_found_nothing_takes_another(dog: Dog) -> None:
    dog.sees(beating(1), TTL + EVERY)
    assert dog.memory.is_over
    dog.finds_nothing = False
    dog.sees(ALONE)
    dog.sees(NOTHING)
    assert dog.memory.why and not dog.memory.is_over


def test_another_run_s_grant_gets_its_own_time(dog: Dog) -> None:
    dog.sees(beating(1), TTL + EVERY)
    acted = len(dog.acted)
    dog.sees(beating(1, uid="b"), TTL)
    assert len(dog.acted) == acted
    dog.sees(beating(1, uid="b"))
    assert len(dog.acted) == acted + 1


def test_the_lever_ends_a_run_that_is_well_and_alive_at_once(dog: Dog) -> None:
    alive = beating(1)
    dog.sees(Seen(alive.grant, "an incident", None))
    assert dog.acted == [1000] and dog.memory.why == "The halt lever is down: an incident"


def test_the_lever_ends_what_has_no_grant_at_once(dog: Dog) -> None:
    dog.sees(Seen(None, "an incident", (ENGINE,)))
    assert dog.acted == [1000]


@pytest.mark.parametrize("seen", [NOTHING, Seen(lever="an incident"), Seen(ours=None), None])
def test_where_nothing_is_ours_there_is_nothing_to_do(dog: Dog, seen: Seen | None) -> None:
    dog.sees(seen, 10 * TTL)
    assert dog.acted == []


def test_the_lever_ends_what_may_be_there_though_the_grant_cannot_be_read(dog: Dog) -> None:
    dog.sees(UNREAD)
    dog.sees(replace(UNREAD, ours=("Lease chaos/gameday-grant",)))
    assert dog.acted == [1000, 1002] and dog.memory.why == "The halt lever is down: an incident"


def test_a_grant_that_cannot_be_read_and_is_not_listed_is_nothing_to_end(dog: Dog) -> None:
    dog.sees(replace(UNREAD, ours=()), 10 * TTL)
    assert dog.acted == []


def test_an_unread_grant_with_the_lever_up_is_as_good_as_no_look(dog: Dog) -> None:
    dog.sees(beating(1))
    dog.sees(Seen(ours=(ENGINE,), no_grant_seen=MAY_NOT), 5 * TTL)
    assert dog.acted == []
    dog.sees(beating(1))
    assert len(dog.acted) == 1, "and its time ran on"


def test_a_lever_that_cannot_be_read_is_up_and_silence_is_heard(dog: Dog) -> None:
    dog.sees(replace(beating(1), no_lever_seen="Gameday may not get configmaps."), TTL)
    assert dog.acted == []
    dog.sees(replace(beating(1), no_lever_seen="Gameday may not get configmaps."))
    assert dog.acted == [1000 + TTL]


def test_what_has_no_grant_is_ended_after_its_time(dog: Dog) -> None:
    dog.sees(ALONE, TTL)
    assert dog.acted == []
    dog.sees(ALONE)
    assert dog.acted == [1000 + TTL] and ENGINE in dog.memory.why


def test_what_was_without_a_grant_and_is_not_any_more_starts_anew(dog: Dog) -> None:
    for _ in range(5):
        dog.sees(ALONE, TTL - EVERY)
        dog.sees(NOTHING)
        dog.sees(ALONE, TTL - EVERY)
        dog.sees(beating(1))
    assert dog.acted == []


def test_what_is_left_when_its_grant_is_taken_away_is_ended_without_another_wait(dog: Dog) -> None:
    dog.sees(beating(1), TTL + EVERY)
    dog.sees(ALONE, 4)
    assert dog.acted == [1030, 1032, 1034]


def test_it_tries_for_ever_and_less_often_with_time(dog: Dog) -> None:
    dog.sees(beating(1), TTL + 3600)
    gaps = [later - earlier for earlier, later in zip(dog.acted, dog.acted[1:], strict=False)]
    assert gaps == sorted(gaps) and gaps[0] == SOON and gaps[-1] == LATE
    assert len(dog.acted) > 3600 / LATE


LOOKS = st.sampled_from([None, NOTHING, ALONE, *(beating(beat) for beat in range(3))])


@given(st.lists(LOOKS, max_size=60))
def test_nothing_is_begun_before_something_stood_still_for_its_time(looks: list[Seen | None]) -> None:
    """Whatever was seen in between: of the last 30 s of looks that showed anything, all showed the same."""
    dog, history = Dog(), list[tuple[float, Seen]]()
    for look in looks:
        if look is not None:
            history.append((dog.now, look))
        was_ending = bool(dog.memory.why)
        dog.sees(look)
        if dog.acted and not was_ending and dog.acted[-1] == dog.now - EVERY:
            began, last = dog.acted[-1], history[-1][1]
            assert last != NOTHING
            assert all(seen == last for at, seen in history if at >= began - TTL + EVERY)
            assert any(at <= began - TTL for at, _ in history)


@given(st.lists(LOOKS, max_size=30), st.sampled_from([beating(7), ALONE]))
def test_whatever_came_before_what_stands_still_is_ended_in_its_time(
    before: list[Seen | None], still: Seen
) -> None:
    dog = Dog()
    for look in before:
        dog.sees(look)
    from_here = dog.now
    dog.sees(still, TTL + 2 * LATE + EVERY)
    assert any(at >= from_here for at in dog.acted)

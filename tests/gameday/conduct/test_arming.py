"""Two acts: arm shows what would be hit, inject launches just that, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.domain.errors import Refused, Transient
from chaos.journal.models import JournalEntry
from chaos.models import Run
from chaos.services import workers
from gameday.conduct import arming
from gameday.conduct.arming import NotReady, arm, armed_now, disarm
from tests.gameday.cast import NOW, imported, who
from tests.gameday.conduct.conftest import DAY, a_day, signed_in
from tests.gameday.conduct.reading import text_of
from tests.support.builders import pods
from tests.support.cluster_port import left

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def inject(*asked):
    return arming.inject(*asked).run


def armed(plan, by="fiona", at=NOW):
    return arm(plan, "pod-kill", who(by), at)


def test_arming_names_what_would_be_hit_and_tells_the_organisers_alone(day):
    found = armed(day)
    assert found.targets == ("1 of 6 pods in payments: api-0",)
    entry = JournalEntry.objects.get(kind="scenario.armed")
    assert (entry.audience, entry.actor_name) == ("organisers", "Fiona")
    assert entry.text == "Fiona armed A pod is killed. It would hit 1 of 6 pods in payments: api-0."
    assert entry.body["digest"] == day.compiled().digest
    assert not Run.objects.exists()


def test_whoever_does_not_conduct_arms_nothing(day):
    for username in ("ravi", "petra", "anna", "ada"):
        with pytest.raises(Refused, match="may not conduct the day"):
            armed(day, username)
    assert armed_now(day, NOW) is None


def test_what_is_missing_is_said_all_at_once_and_nothing_is_armed(db, cluster):
    plan = a_day(is_approved=False)
    cluster.residues = (left("old"),)
    with pytest.raises(NotReady) as refused:
        armed(plan)
    said = " ".join(refused.value.missing)
    for reason in ("approval of exactly this plan", "acknowledged by: on-call", "earlier run"):
        assert reason in said
    assert refused.value.targets == ("1 of 6 pods in payments: api-0",)
    assert armed_now(plan, NOW) is None


def test_a_cluster_that_does_not_answer_arms_nothing(day, cluster):
    cluster.fail["identity"] = Transient("It did not answer within 5 s.")
    with pytest.raises(Transient):
        armed(day)
    assert armed_now(day, NOW) is None


def test_what_is_armed_is_launched_with_the_id_that_was_shown(day, bell):
    found = armed(day)
    run = inject(day, found.token(who("fiona")), who("fiona"), NOW + MINUTE)
    assert run == found.run
    assert str(Run.objects.get().pk) == run


def test_the_same_token_leads_to_the_same_run_even_after_its_end(day):
    found = armed(day)
    token = found.token(who("fiona"))
    first = inject(day, token, who("fiona"), NOW + MINUTE)
    assert inject(day, token, who("fiona"), NOW + MINUTE) == first
    Run.objects.update(state="completed")
    assert inject(day, token, who("fiona"), NOW + 90 * MINUTE) == first
    assert Run.objects.count() == 1


def test_of_two_at_the_same_moment_the_slower_is_led_to_the_run_of_the_faster(day, monkeypatch):
    token = armed(day).token(who("fiona"))
    launch, twins = arming.services.launch, []

    def slower(*args, **options):
        if not twins:
            twins.append("begun")
            twins.append(inject(day, token, who("fiona"), NOW))
        return launch(*args, **options)

    monkeypatch.setattr(arming.services, "launch", slower)
    assert inject(day, token, who("fiona"), NOW) == twins[-1]
    assert Run.objects.count() == 1


def refused(day, token, by="fiona", at=NOW + MINUTE):
    with pytest.raises(Refused) as refusal:
        inject(day, token, who(by), at)
    assert not Run.objects.exists()
    return str(refusal.value)


def test_a_token_is_good_for_its_person_alone(day):
    assert "Somebody else armed this" in refused(day, armed(day).token(who("fiona")), by="paul")


def test_a_token_that_was_made_up_or_changed_is_refused(day):
    token = armed(day).token(who("fiona"))
    for forged in ("", "nonsense", token[:-1] + ("a" if token[-1] != "a" else "b")):
        assert "not armed here" in refused(day, forged)


def test_it_is_armed_for_five_minutes(day):
    token = armed(day).token(who("fiona"))
    assert armed_now(day, NOW + 5 * MINUTE - timedelta(seconds=1))
    assert "5 minutes, and they are over" in refused(day, token, at=NOW + 5 * MINUTE)


def test_what_was_put_back_is_not_armed(day):
    token = armed(day).token(who("fiona"))
    disarm(day, who("fiona"), NOW)
    assert armed_now(day, NOW) is None
    assert "not armed any more" in refused(day, token)


def test_only_what_was_armed_last_is_armed(day):
    first = armed(day)
    second = armed(day, at=NOW + MINUTE)
    assert armed_now(day, NOW + MINUTE) == second
    assert "armed since" in refused(day, first.token(who("fiona")))


def test_an_edit_of_the_plan_disarms(day):
    token = armed(day).token(who("fiona"))
    edited = imported(DAY.replace("duration: 10s", "duration: 12s"))
    assert armed_now(edited, NOW) is None
    assert "edited since" in refused(edited, token)


def test_targets_that_changed_since_are_not_hit_unseen(day, cluster):
    token = armed(day).token(who("fiona"))
    cluster.found = pods(7)[1:]
    assert "The targets have changed since it was armed: now api-1" in refused(day, token)


def test_what_was_launched_is_not_armed_any_more(day):
    inject(day, armed(day).token(who("fiona")), who("fiona"), NOW)
    assert armed_now(day, NOW) is None


def test_with_no_worker_that_answers_nothing_is_armed_and_it_is_said_how_to_start_one(day):
    workers.note(1, NOW - 3 * MINUTE)
    with pytest.raises(NotReady) as refused:
        armed(day)
    assert "No worker has answered since" in refused.value.missing[0]
    assert "celery -A gameday worker -Q drive,control" in refused.value.missing[0]
    workers.note(1, NOW)
    assert armed(day)


@pytest.mark.django_db(transaction=True)
def test_whoever_injects_is_told_that_the_queue_did_not_take_it(cluster, bell):
    day = a_day()
    bell.send_task.side_effect = OSError("connection refused")
    injected = arming.inject(day, armed(day).token(who("fiona")), who("fiona"), NOW)
    assert "The queue could not be reached" in injected.caution
    assert Run.objects.get().state == "pending"


@pytest.mark.django_db(transaction=True)
def test_a_run_that_the_queue_took_needs_no_words(cluster, bell):
    day = a_day()
    assert arming.inject(day, armed(day).token(who("fiona")), who("fiona"), NOW).caution == ""
    bell.send_task.assert_called_once()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_page_of_a_run_that_nobody_takes_up_says_so(cluster, bell, at_noon, headers):
    day = a_day()
    bell.send_task.side_effect = OSError("connection refused")
    client = signed_in("fiona")
    client.post(f"/plans/{day.slug}/day/inject", {"token": armed(day).token(who("fiona"))}, headers=headers)
    words = text_of(client.get(f"/plans/{day.slug}/day"))
    assert "Launched, but not begun." in words and "Stop ends it at once." in words

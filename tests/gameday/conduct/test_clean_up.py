"""The clean-up of a run: what is left with the commands for it, the glass to break, and the certificate."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from chaos.domain import codec
from chaos.domain.injection import Injection, Progress
from chaos.domain.left import Left, of_ours
from chaos.domain.measured import Measured, Part
from chaos.domain.proof import expected
from chaos.domain.run import Marks
from chaos.domain.sight import ClusterSight, Residue, ResidueKind
from chaos.domain.states import RunState
from chaos.models import Run, RunInjection, Strip
from chaos.ports import Ports
from chaos.services.evidence_queries import run_of
from chaos.services.store import DjangoStore
from gameday.conduct import clean_up
from gameday.debriefs.report_proof import cleanup
from gameday.people.services import add_person
from tests.gameday.cast import NOW, who
from tests.gameday.conduct.a_run import SECOND, driven, launched, live, over
from tests.gameday.conduct.conftest import BLIND, a_day, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]

FINALIZER = "chaosengine.litmuschaos.io/finalizer"
NODE = Left(
    "node node-1 is not as it was (cordoned)", Part.SCHEDULABLE, "Node", "", ("node-1",), "u-n", (),
    ("schedulable",), ("cordoned",), NOW - 4 * SECOND,
)  # fmt: skip


def stranded(plan: Any, *left: Left) -> str:
    run = launched(plan, NOW - 200 * SECOND)
    asked = NOW - 190 * SECOND
    marks = Marks(stranded_at=NOW - 90 * SECOND)
    driven(run, RunState.REVERTING, marks, requested_at=asked, injected_at=asked)
    residue = codec.to_plain(left or (of_ours(held(run), NOW), NODE))
    Run.objects.filter(pk=run).update(residue=residue, state_since=NOW - 150 * SECOND)
    return run


def held(run: str) -> Residue:
    name = RunInjection.objects.get(run=run).plan["name"]
    return Residue(ResidueKind.ENGINE, "chaos", name, "u-e", run, finalizers=(FINALIZER,))


def proven(plan: Any) -> str:
    """A run that is over, with everything of its postcondition measured."""
    run = over(plan)
    row = RunInjection.objects.get(run=run)
    found = codec.from_plain(Progress, row.progress)
    injection = codec.from_plain(Injection, row.plan)
    proof = tuple(Measured(part, "so", NOW - 7 * SECOND) for part in expected(injection))
    row.progress = codec.to_plain(replace(found, proof=proof))
    row.save()
    return run


def page(run: str, username: str = "fiona") -> str:
    answer = signed_in(username).get(f"/runs/{run}/clean-up")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.fixture
def glass(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Clusters on which only the held engine is left; what was taken off there."""
    taken: list[str] = []

    class Cluster:
        def look(self, ref: Any, injections: Any) -> ClusterSight:
            labels = injections[0].postcondition.labels
            pods = tuple(
                replace(injections[0].targets[0], name=f"new-{number}", uid=f"new-{number}", labels=labels)
                for number in range(6)
            )
            return ClusterSight(NOW, NOW, pods=pods, residue=(held(ref.run),))

        def strip(self, engine: Residue, finalizer: str) -> None:
            taken.append(engine.name)

    clock = SimpleNamespace(now=lambda: NOW)

    def ports_of_run(run: str) -> Ports:
        return Ports(Cluster(), None, None, DjangoStore(clock.now), clock)  # type: ignore[arg-type]

    monkeypatch.setattr(clean_up.wiring, "ports_of_run", ports_of_run)
    return taken


def strip(run: str, username: str = "ada", reason: str = "The operator is gone.") -> Any:
    sent = {"run": run, "engine": held(run).name, "reason": reason}
    return signed_in(username).post("/strip", sent, follow=True)


def test_all_that_is_left_is_listed_with_the_commands_that_undo_it(day):
    said = page(stranded(day))
    assert "Node node-1 is not as it was (cordoned)" in said
    assert '<code id="command-1-1">kubectl uncordon node-1</code>' in said, "the held engine is last"
    assert 'data-copy="command-1-1"' in said
    assert "delete jobs.batch,pods -l chaosUID=u-e --grace-period=60" in said
    assert "Seen so" in said and "Stranded" in said and "Nobody drives this run" not in said


def test_where_nobody_drives_the_run_it_does_not_say_that_it_is_tried_again(day):
    run = stranded(day)
    Run.objects.filter(pk=run).update(lease_until=NOW - 60 * SECOND)
    said = page(run)
    assert "Nobody drives this run" in said and f"manage.py drive {run}" in said
    assert "Gameday goes on undoing it" not in said


def test_a_run_that_is_over_and_all_of_it_measured_is_certified_clean(day):
    run = proven(day)
    said = page(run)
    assert "Every part of every postcondition was measured to hold." in said
    assert "known by <code>uid-of-practice</code>" in said
    found = signed_in("fiona").get(f"/runs/{run}/certificate.json").json()
    assert (found["verdict"], found["cluster_uid"]) == ("clean", "uid-of-practice")
    (injection,) = found["injections"]
    assert {line["part"] for line in injection["lines"]} >= {"pods ready", "none of our objects left"}


def test_a_certified_run_of_which_something_came_long_after_its_end_is_certified_no_more(day):
    run = proven(day)
    row = RunInjection.objects.get(run=run)
    row.progress |= {"left_alone_at": codec.to_plain(NOW)}
    row.save()
    said = page(run)
    assert "Cannot be proven" in said
    assert "It was deleted; what it did was not looked for. Look at the targets." in said
    evidence = run_of(run)
    assert evidence and not evidence.is_proven_gone
    badge, why = cleanup(evidence)
    assert badge.word == "not proven gone" and "Look at the targets" in why


def test_a_run_that_kept_no_proof_is_not_certified(day):
    said = page(over(day))
    assert "Cannot be proven" in said and "Not measured" in said


def test_an_administrator_breaks_the_glass_and_an_auditor_reviews_it(day, glass):
    run = stranded(day)
    assert "Break the glass" in page(run, "ada") and "Break the glass" not in page(run, "fiona")
    said = unescape(strip(run).content.decode())
    assert glass == [held(run).name]
    assert "somebody else has to review this" in said
    assert "Ada</strong> took" in said and "Waits for a review by somebody else" in said
    add_person("iris", "Iris Auditor", "payments", ["auditor"], by=who("ada"))
    home = unescape(signed_in("iris").get("/").content.decode())
    assert f"Ada took the finalizer off {held(run).name}. Somebody else has to review it." in home
    assert "Somebody else has to review" not in signed_in("ada").get("/").content.decode()
    number = Strip.objects.get().pk
    answer = signed_in("iris").post(
        "/review", {"run": run, "strip": number, "note": "It was so."}, follow=True
    )
    assert "reviewed by <strong>Iris Auditor</strong>. It was so." in unescape(answer.content.decode())


def test_what_is_refused_says_why_and_loses_nothing_that_was_typed(day, glass):
    run = stranded(day)
    answer = signed_in("ada").post("/strip", {"run": run, "engine": "gd-other", "reason": "Try this."})
    assert answer.status_code == 422
    assert "No engine gd-other" in str(answer.context["strip_error"])
    assert strip(run, reason=" ").status_code == 422
    assert glass == [] and not Strip.objects.exists()
    strip(run)
    own = {"run": run, "strip": Strip.objects.get().pk, "note": "I looked at it myself."}
    answer = signed_in("ada").post("/review", own)
    assert answer.status_code == 422 and "somebody else has to" in str(answer.context["review_error"])


def test_nobody_else_takes_a_finalizer_off(day, glass):
    run = stranded(day)
    for username in ("fiona", "petra", "anna"):
        assert strip(run, username).status_code == 403
    assert glass == []


@pytest.mark.parametrize("address", ["/strip", "/review"])
@pytest.mark.parametrize("run", ["", "x", str(UUID(int=9))])
def test_a_form_that_names_no_run_is_told_so(day, address, run):
    assert signed_in("ada").post(address, {"run": run}).status_code == 404


def test_who_is_to_meet_it_unprepared_learns_where_it_stands_and_no_more(db, cluster):
    run = stranded(a_day(BLIND))
    said = page(run, "ravi")
    assert "not announced to you" in said and "Stranded" in said
    assert "kubectl" not in said and "node-1" not in said
    assert signed_in("ravi").get(f"/runs/{run}/certificate.json").status_code == 403
    assert "kubectl uncordon node-1" in page(run, "fiona")


def test_the_page_takes_few_queries_whatever_is_left(day, django_assert_max_num_queries):
    run = stranded(day, *[NODE] * 40)
    client = signed_in("ada")
    with django_assert_max_num_queries(18):
        client.get(f"/runs/{run}/clean-up")


def test_while_a_fault_is_live_nothing_is_certified(day):
    assert "Not over yet" in page(live(day))
    assert Client().get("/metrics").status_code == 200

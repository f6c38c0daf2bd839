from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from chaos.domain.errors import Refused
from chaos.domain.spec import TargetSpec
from chaos.domain.targets import Limits, resolve
from chaos.models import Cluster
from gameday.people.services import person
from gameday.plans.preview import ceilings, preview
from gameday.plans.services import plan
from gameday.plans.shares import rounded
from tests.gameday.cast import SixPods, gather, imported
from tests.gameday.plans.documents import SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people_and_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    gather()
    show(monkeypatch, 6)


def show(monkeypatch: pytest.MonkeyPatch, matching: int) -> None:
    monkeypatch.setattr("gameday.plans.preview.cluster_port", lambda name: SixPods(matching))


def test_targets_are_named_with_what_they_are_a_share_of(capsys: pytest.CaptureFixture[str]):
    imported(SMALL.replace("count: 1", "percent: 50"))
    call_command("plan", "preview", "small-day")
    said = capsys.readouterr().out
    assert "    for 10 s: 50 %, 3 of 6 pods in payments: api-0, api-1, api-2" in said
    assert "Stopped when: p99 > 500 ms" in said


def test_a_share_that_is_no_whole_number_says_how_it_was_rounded(capsys: pytest.CaptureFixture[str]):
    imported(SMALL.replace("count: 1", "percent: 30"))
    call_command("plan", "preview", "small-day")
    said = capsys.readouterr().out
    assert "for 10 s: 16 %, 1 of 6 pods in payments: api-0 (30 % of 6, rounded down: 1)" in said
    client = Client()
    client.force_login(person("petra"), backend="django.contrib.auth.backends.ModelBackend")
    assert "30 % of 6, rounded down: 1" in client.get("/plans/small-day/preview").content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"percent": 30}, "30 % of 6, rounded down: 1"),
        ({"percent": 50}, ""),
        ({"count": 1}, ""),
        ({"percent": 10}, "10 % of 6, rounded up to one, the least: 1"),
        ({"percent": 30, "zone": "a"}, "30 % of those in the zone, rounded down: 1"),
        ({"percent": 100, "zone": "a"}, ""),
        ({"percent": 30, "kind": "node"}, "30 % of those that match, rounded down: 1"),
    ],
)
def test_how_a_share_was_rounded_in_words(asked: dict[str, Any], said: str):
    wanted = TargetSpec(**{"kind": "deployment", "namespace": "payments", "labels": {"app": "api"}, **asked})
    one = replace(wanted, kind="deployment", zone="", percent=None, count=1)
    found = resolve(one, SixPods(6).pods("payments", {}), Limits())
    assert rounded(wanted, found) == said


LADDER = """\
        parameters: {latency: 100ms, proven_by: p99}
        stages:
          - {count: 1}
          - {count: 2, parameters: {latency: 300ms}}
          - {count: 3, parameters: {latency: 300ms, to_ports: "443"}}
"""


def a_ladder() -> None:
    """The small day's fault as a ladder of latencies."""
    fault = SMALL.replace("fault: pod-delete", "fault: pod-network-latency")
    imported(fault.replace("        parameters: {force: false}\n", LADDER))


def test_each_rung_of_a_ladder_is_shown_with_its_strength_its_time_and_its_targets(
    capsys: pytest.CaptureFixture[str],
):
    a_ladder()
    call_command("plan", "preview", "small-day")
    said = capsys.readouterr().out
    at = said.index("Delay network traffic of pods")
    assert said[at:].splitlines()[1:4] == [
        "    Rung 1 of 3: latency 100ms, for 10 s: 16 %, 1 of 6 pods in payments: api-0",
        "    Rung 2 of 3: latency 300ms, for 10 s: 33 %, 2 of 6 pods in payments: api-0, api-1",
        "    Rung 3 of 3: latency 300ms, to_ports 443, for 10 s: 50 %, 3 of 6 pods in payments: api-0, "
        "api-1, api-2",
    ]


def test_the_ceiling_of_a_ladder_is_its_widest_rung():
    a_ladder()
    assert ceilings(preview(plan("small-day").compiled())) == {"pod-kill": 3}


def test_who_approves_at_the_terminal_is_shown_exactly_what_the_approval_is_for(
    capsys: pytest.CaptureFixture[str],
):
    a_ladder()
    call_command("plan", "approve", "small-day", "--as", "anna")
    said = capsys.readouterr().out
    assert "Rung 2 of 3: latency 300ms, for 10 s: 33 %, 2 of 6 pods in payments: api-0, api-1" in said
    assert "anna" in said.lower() and "approved small-day" in said


def test_the_ceiling_is_the_number_of_pods_named():
    plan = imported(SMALL.replace("count: 1", "count: 2")).compiled()
    assert ceilings(preview(plan)) == {"pod-kill": 2}


@pytest.mark.parametrize(
    ("matching", "words"),
    [(0, "pod-kill: No pod in payments has app=payments-api"), (1, "pod-kill: 1 of 1 pods is 100 %")],
)
def test_what_a_launch_would_refuse_is_refused_already_now(
    matching: int, words: str, monkeypatch: pytest.MonkeyPatch
):
    plan = imported().compiled()
    show(monkeypatch, matching)
    with pytest.raises(Refused, match=words):
        preview(plan)


def test_limits_set_after_the_import_refuse_already_the_look():
    plan = imported().compiled()
    Cluster.objects.update(chaos_namespace="payments")
    with pytest.raises(Refused, match="pod-kill: Namespace payments is protected on this cluster"):
        preview(plan)


def test_every_scenario_that_would_be_refused_is_named(monkeypatch: pytest.MonkeyPatch):
    body = SMALL.split("scenarios:\n")[1]
    plan = imported(SMALL + body.replace("key: pod-kill", "key: again")).compiled()
    show(monkeypatch, 0)
    with pytest.raises(Refused) as refusal:
        preview(plan)
    assert [line.split(":")[0] for line in str(refusal.value).splitlines()] == ["pod-kill", "again"]

from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos.journal.models import JournalEntry
from chaos.models import Cluster
from chaos.services import address_book
from gameday.plans import cluster_cli
from tests.gameday.plans.registering import Answering, add

__all__ = ["add"]

pytestmark = pytest.mark.django_db


def test_a_cluster_is_registered_with_its_uid_and_usual_limits(add, capsys: pytest.CaptureFixture[str]):
    add()
    row = Cluster.objects.get(name="home")
    assert (row.uid, row.server, row.services_url) == (
        "uid-1", "http://127.0.0.1:26443", "http://127.0.0.1:26443/services",
    )  # fmt: skip
    said = capsys.readouterr().out
    assert "At most 50 % of the pods a selector finds and 2 of the nodes, for 1 h at the longest." in said


def test_a_production_cluster_lets_one_node_be_touched_and_the_others_two(add):
    for environment, nodes in (("rehearsal", 2), ("staging", 2), ("production", 1)):
        add(environment=environment)
        assert Cluster.objects.get(name="home").limits["max_nodes"] == nodes


def test_who_registered_it_is_on_record_without_the_token(add):
    add()
    entry = JournalEntry.objects.get(kind="cluster.registered")
    assert (entry.actor, entry.body["uid"]) == ("ada", "uid-1")
    assert "secret" not in str(entry.body)


def test_registering_it_again_changes_how_it_is_reached(add):
    add()
    add("--chaos-namespace", "litmus-chaos")
    assert Cluster.objects.get(name="home").chaos_namespace == "litmus-chaos"


def test_faults_that_cannot_be_proven_gone_are_off_until_an_administrator_allows_them(add):
    add()
    assert Cluster.objects.get(name="home").limits["allow_unprovable"] is False
    add("--allow-unprovable-faults")
    assert Cluster.objects.get(name="home").limits["allow_unprovable"] is True
    changed = JournalEntry.objects.filter(kind="cluster.limits_changed").latest("seq")
    assert changed.body["limits"]["allow_unprovable"] is True
    add("--no-allow-unprovable-faults")
    assert Cluster.objects.get(name="home").limits["allow_unprovable"] is False


def test_production_is_limited_to_a_quarter_and_has_no_services_address_of_its_own(add):
    add(environment="production")
    row = Cluster.objects.get(name="home")
    assert row.limits["max_percent"] == 25
    assert row.services_url == ""


def _limits() -> dict[str, object]:
    row = Cluster.objects.get(name="home")
    return dict(row.limits)


def _changes() -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(kind="cluster.limits_changed").order_by("seq"))


def test_an_administrator_sets_limits_and_they_outlive_the_next_registration(
    add, capsys: pytest.CaptureFixture[str]
):
    add("--max-percent", "30", "--max-fault", "2m", "--protect", "vault", "--opt-in", "payments")
    told = capsys.readouterr().out
    assert "At most 30 % of the pods a selector finds and 2 of the nodes, for 2 min at the longest." in told
    assert (
        "Protected: kube-system, kube-public, kube-node-lease, litmus, monitoring, gameday, vault, chaos."
        in told
    )
    assert "Only these namespaces have opted in: payments." in told
    before = _limits()
    add("--service-account", "another")
    assert _limits() == before
    assert not _changes()


def test_a_change_of_limits_is_in_the_journal_with_what_was_before(add):
    add("--max-percent", "30")
    add("--max-percent", "40", "--protect", "vault", by="ada")
    (entry,) = _changes()
    assert entry.actor == "ada"
    assert entry.text.startswith("Ada changed the limits of home. At most 40 % of the pods")
    assert (entry.body["before"]["max_percent"], entry.body["limits"]["max_percent"]) == (30, 40)
    assert "vault" in entry.body["limits"]["protected_namespaces"]


def test_limits_of_a_rehearsal_are_none_for_production(add):
    add()
    add(environment="production")
    assert _limits()["max_percent"] == 25
    assert len(_changes()) == 1


def test_nobody_but_an_administrator_changes_limits(add):
    add()
    with pytest.raises(SystemExit):
        add("--max-percent", "100", by="petra")
    assert _limits()["max_percent"] == 50


@pytest.mark.parametrize(
    ("more", "change", "words"),
    [
        (("--max-percent", "0"), {}, "0 % is no share of pods"),
        (("--max-fault", "10"), {}, "'10' is not a duration"),
        (("--unprotect", "kube-system"), {}, "kube-system is always protected"),
        ((), {"by": "petra"}, "Petra may not register people and clusters; that takes an administrator"),
        (("--ca-file", "nowhere.pem"), {}, "There is no file nowhere.pem"),
        ((), {"uid": "uid-2"}, "is another cluster"),
    ],
)
def test_what_cannot_be_is_a_sentence_and_status_1(
    add, more: tuple[str, ...], change: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]
):
    add()
    with pytest.raises(SystemExit) as ending:
        add(*more, **change)
    assert ending.value.code == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("missing", "lacks", "status"),
    [
        ("", "", None),
        ("The operator does not run.", "", 1),
        ("", "Gameday may not delete pods in namespace payments.", 1),
    ],
)
def test_a_check_says_what_is_there_and_what_is_missing(
    add,
    missing: str,
    lacks: str,
    status: int | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    add("--opt-in", "payments")
    capsys.readouterr()
    monkeypatch.setattr(cluster_cli, "cluster_port", lambda name: Answering(missing=missing, lacks=lacks))
    if status:
        with pytest.raises(SystemExit) as ending:
            call_command("cluster", "check", "home")
        assert ending.value.code == status
    else:
        call_command("cluster", "check", "home")
    said = capsys.readouterr().out
    assert ("MISSING" in said) == bool(missing or lacks)
    assert f"pods in payments: {lacks or 'It may.'}" in said


@pytest.mark.parametrize(
    ("named", "asked"), [((), ["node-drain", "pod-delete"]), (("pod-dns-error",), ["pod-dns-error"])]
)
def test_a_check_asks_for_the_faults_that_are_named_or_those_that_are_there(
    add, named: tuple[str, ...], asked: list[str], monkeypatch: pytest.MonkeyPatch
):
    add("--allow-image", "bank/", "--disallow-image", "ubuntu:16.04")
    answering = Answering()
    monkeypatch.setattr(cluster_cli, "cluster_port", lambda name: answering)
    call_command("cluster", "check", "home", *named)
    assert (answering.asked, answering.images) == (asked, ("litmuschaos/go-runner", "bank/"))


def test_a_cluster_without_any_fault_is_not_ready(
    add, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    add()
    monkeypatch.setattr(cluster_cli, "cluster_port", lambda name: Answering(there=()))
    with pytest.raises(SystemExit) as ending:
        call_command("cluster", "check", "home")
    assert ending.value.code == 1
    assert "manage.py litmus install home" in capsys.readouterr().out


def test_a_registered_cluster_stands_in_the_address_book_that_a_halt_reads_without_the_database(
    add, settings, tmp_path
):
    settings.STATE_DIR = tmp_path
    add()
    assert "home" in [item.name for item in address_book.read()]

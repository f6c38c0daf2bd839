from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from chaos.domain.errors import Refused
from chaos.journal.models import JournalEntry
from gameday.plans.models import Plan
from gameday.plans.problems import PlanRefused
from gameday.plans.services import export_plan, import_plan
from gameday.plans.services import plan as find_plan
from tests.gameday.cast import NOW, a_cluster, gather, imported, who
from tests.gameday.plans.documents import FULL, SMALL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people_and_cluster() -> None:
    gather()


def entries() -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(stream__name="plan:small-day").order_by("seq"))


def test_a_new_plan_is_version_one_of_its_author():
    plan = imported()
    assert (plan.version, plan.author, plan.last_editor) == (1, who("petra"), who("petra"))
    assert plan.cluster.name == "practice"
    assert plan.team.name == "payments"


def test_the_journal_keeps_the_whole_text_of_each_version():
    plan = imported()
    entry = entries()[0]
    assert entry.kind == "plan.imported"
    assert entry.audience == "organisers"
    assert entry.body["digest"] == plan.compiled().digest
    assert entry.body["plan"] == export_plan("small-day")


def test_importing_what_was_exported_changes_nothing():
    plan = imported(FULL)
    again = import_plan(export_plan("small-day").encode(), "again.yaml", who("petra"), NOW)
    assert not again.is_changed
    assert again.plan.document == plan.document
    assert find_plan("small-day").version == 1
    assert len(entries()) == 1


def test_a_stored_plan_survives_the_database_unchanged():
    plan = imported(FULL)
    assert Plan.objects.get().document == plan.document


def test_an_edit_that_counts_is_a_new_version_and_voids_approvals():
    imported()
    again = import_plan(SMALL.replace("count: 1", "count: 2").encode(), "plan.yaml", who("paul"), NOW)
    assert again.voids_approvals
    assert again.plan.version == 2
    assert again.plan.last_editor == who("paul")
    assert again.plan.author == who("petra")
    assert "void" in entries()[-1].text


def test_an_edit_of_words_is_a_new_version_and_approvals_stand():
    imported()
    again = import_plan(SMALL.replace("See that", "Find out whether").encode(), "p", who("paul"), NOW)
    assert again.is_changed
    assert not again.voids_approvals


def refusal(text: str) -> str:
    with pytest.raises(PlanRefused) as refused:
        import_plan(text.encode(), "plan.yaml", who("petra"), NOW)
    assert not Plan.objects.exists()
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("team: payments", "team: ledger", "plan.yaml:5:7: team: There is no team 'ledger'"),
        ("cluster: practice", "cluster: moon", "plan.yaml:7:10: cluster: There is no cluster 'moon'"),
        (
            "environment: rehearsal",
            "environment: staging",
            "plan.yaml:6:14: environment: Cluster practice is",
        ),
        ("  ravi:", "  rava:", "plan.yaml:16:3: people.rava: There is nobody"),
        (
            "acknowledged_by: [ravi]",
            "acknowledged_by: [x]",
            "plan.yaml:19:23: must_be_told[0].acknowledged_by[0]",
        ),
        (
            "namespace: payments",
            "namespace: kube-system",
            "faults[0].targets.namespace: Namespace kube-system is",
        ),
        ("namespace: payments", "namespace: chaos", "Namespace chaos is protected on this cluster"),
        ("namespace: payments", "namespace: litmus", "Namespace litmus is protected on this cluster"),
        ("namespace: payments", "namespace: monitoring", "Namespace monitoring is protected"),
        ("count: 1", "percent: 51", "faults[0].targets.percent: 51 % of the pods is more than the 50 %"),
        ("duration: 10s", "duration: 2h", "faults[0].duration: The fault lasts 2 h"),
    ],
)
def test_what_a_plan_names_must_be_known_and_allowed(old: str, new: str, said: str):
    assert said in refusal(SMALL.replace(old, new))


def test_all_that_is_not_known_is_said_at_once():
    text = SMALL.replace("team: payments", "team: ledger").replace("cluster: practice", "cluster: moon")
    assert len(refusal(text).splitlines()) == 2


def test_only_a_planner_of_the_team_imports():
    with pytest.raises(Refused, match="Anna may not write plans for payments; that takes a planner"):
        imported(by="anna")
    assert not Plan.objects.exists()


def test_a_plan_of_another_team_cannot_be_taken_over():
    from gameday.people.services import add_person

    imported()
    add_person("lars", "Lars", "ledger", ["planner"], by=who("ada"))
    with pytest.raises(Refused, match="Lars may not write plans for payments"):
        imported(SMALL.replace("team: payments", "team: ledger"), by="lars")


def test_an_unknown_plan_is_refused_with_those_there_are():
    imported()
    with pytest.raises(Refused, match="there are: small-day"):
        find_plan("big-day")


def test_the_commands_import_and_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "plan.yaml"
    file.write_text(SMALL)
    call_command("plan", "import", str(file), "--as", "petra")
    digest = Plan.objects.get().compiled().digest
    assert capsys.readouterr().out == f"small-day {digest}\nVersion 1.\n"
    call_command("plan", "export", "small-day")
    assert capsys.readouterr().out == export_plan("small-day")


def test_the_command_reports_each_problem_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "plan.yaml"
    file.write_text(SMALL.replace("title: A small", "titel: A small"))
    with pytest.raises(SystemExit) as ending:
        call_command("plan", "import", str(file), "--as", "petra")
    assert ending.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.removeprefix(str(file)).split(" ")[0] for line in lines] == [":1:1:", ":3:1:"]


def test_a_file_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        call_command("plan", "import", "nowhere.yaml", "--as", "petra")
    assert "nowhere.yaml cannot be read" in capsys.readouterr().err


def test_a_plan_moves_to_another_cluster_only_by_an_edit_that_voids():
    imported()
    a_cluster("other")
    again = import_plan(SMALL.replace("cluster: practice", "cluster: other").encode(), "p", who("petra"), NOW)
    assert again.voids_approvals
    assert again.plan.cluster.name == "other"

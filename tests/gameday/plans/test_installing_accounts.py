"""`manage.py litmus check | install`: the accounts beside the experiments."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from chaos.domain import codec
from chaos.domain.errors import Forbidden
from chaos.domain.targets import Limits
from chaos.journal.models import JournalEntry
from chaos.models import Cluster
from gameday.plans import litmus_cli
from tests.gameday.cast import gather
from tests.gameday.plans.test_installing_experiments import Keeping, checked

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Keeping:
    """One on which each experiment runs as the account of its family; payments alone has opted in."""
    gather()
    limits = replace(Limits(max_percent=50), opted_in_namespaces=("payments",))
    Cluster.objects.update(service_account="chaos-{family}", limits=codec.to_plain(limits))
    keeping = Keeping()
    monkeypatch.setattr(litmus_cli, "cluster_port", keeping.by)
    return keeping


def install(*arguments: str) -> None:
    call_command("litmus", "install", "practice", *arguments, "--as", "ada")


def test_missing_accounts_are_named_installed_and_then_all_is_well(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    assert checked("pod-network-latency") == 1
    said = capsys.readouterr().out
    assert "MISSING  account gameday" in said and "MISSING  account helpers" in said
    assert "account drain" not in said
    assert "RoleBinding payments/gameday-helpers is missing." in said
    install("pod-network-latency")
    assert "ServiceAccount chaos/chaos-helpers" in cluster.roles
    assert not [name for name in cluster.roles if "drain" in name]
    assert checked("pod-network-latency") == 0
    entry = JournalEntry.objects.filter(kind="cluster.accounts_installed").latest("seq")
    assert entry.actor == "ada" and "Role chaos/gameday-injector" in entry.body["accounts"]
    capsys.readouterr()
    install("pod-network-latency")
    assert capsys.readouterr().out == "All are as we ship them.\n"


def test_a_role_that_gives_more_is_said_to_and_mended(cluster: Keeping, capsys: pytest.CaptureFixture[str]):
    install()
    name = "ClusterRole chaos-drain"
    loose = copy.deepcopy(cluster.roles[name])
    loose["rules"].append({"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]})
    cluster.roles[name] = loose
    assert checked() == 1
    said = capsys.readouterr().out
    assert "DIFFERS  account drain" in said and "gives more than is needed: get secrets." in said
    install()
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("made ours")] == [
        "made ours  ClusterRole chaos-drain"
    ]
    assert checked() == 0


ADMIN = {
    "kind": "ClusterRoleBinding",
    "metadata": {"name": "convenience"},
    "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"},
}
HELPER = {"kind": "ServiceAccount", "name": "chaos-helpers", "namespace": "chaos"}
AS_USER = {"kind": "User", "name": "system:serviceaccount:chaos:chaos-helpers"}
AS_GROUP = {"kind": "Group", "name": "system:serviceaccounts:chaos"}


@pytest.mark.parametrize("subject", [HELPER, AS_USER, AS_GROUP], ids=lambda subject: subject["kind"])
def test_a_binding_of_another_name_that_gives_an_account_more_is_said_and_left_to_a_person(
    cluster: Keeping, capsys: pytest.CaptureFixture[str], subject: dict[str, str]
):
    install("pod-network-latency")
    assert checked("pod-network-latency") == 0
    cluster.roles["ClusterRoleBinding convenience"] = {**ADMIN, "subjects": [subject]}
    assert checked("pod-network-latency") == 1
    said = capsys.readouterr().out
    assert "DIFFERS  account helpers" in said
    assert "ClusterRoleBinding convenience gives ClusterRole cluster-admin to " in said
    install("pod-network-latency")
    said = capsys.readouterr().out
    assert "LEFT       ClusterRoleBinding convenience" in said
    assert "All are as we ship them" not in said


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ({**HELPER, "namespace": "payments"}, "of another namespace"),
        ({**HELPER, "name": "chaos-helpers-2"}, "of another name"),
        ({"kind": "Group", "name": "system:serviceaccounts"}, "of all, as Kubernetes itself has it"),
    ],
)
def test_a_binding_that_is_of_no_account_of_ours_is_nobodys_business(
    cluster: Keeping, subject: dict[str, str], name: str
):
    install("pod-network-latency")
    cluster.roles["ClusterRoleBinding convenience"] = {**ADMIN, "subjects": [subject]}
    assert checked("pod-network-latency") == 0, name


def test_where_bindings_may_not_be_listed_it_is_said_that_others_cannot_be_seen(
    cluster: Keeping, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    install("pod-network-latency")

    def refuse() -> None:
        raise Forbidden("Gameday may not list rolebindings.")

    monkeypatch.setattr(cluster, "bindings", refuse)
    assert checked("pod-network-latency") == 0
    assert "Bindings of other names than ours" in capsys.readouterr().out


def test_an_account_of_somebody_s_own_is_not_compared_and_it_is_said(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    Cluster.objects.update(service_account="bank-chaos")
    install("pod-delete")
    assert cluster.roles == {}
    assert checked("pod-delete") == 0
    assert "Experiments run as bank-chaos there, an account of your own" in capsys.readouterr().out


def test_accounts_that_may_not_be_seen_are_not_well(
    cluster: Keeping, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    install("pod-delete")

    def refuse(*_: object) -> None:
        raise Forbidden("Gameday may not get roles x in namespace chaos.")

    monkeypatch.setattr(cluster, "accounts", refuse)
    assert checked("pod-delete") == 1
    assert "UNSEEN   accounts: Gameday may not get roles" in capsys.readouterr().out


def test_who_may_not_give_rights_is_told_who_may_and_what_was_done_is_written_down(
    cluster: Keeping, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def refuse(manifest: Mapping[str, Any]) -> None:
        raise Forbidden("Gameday may not create serviceaccounts gameday in namespace chaos.")

    monkeypatch.setattr(cluster, "install_account", refuse)
    with pytest.raises(SystemExit):
        install("pod-delete")
    said = capsys.readouterr().err
    assert "`--token-file`" in said and "kubectl apply -f deploy/litmus/accounts/gameday.yaml" in said
    assert JournalEntry.objects.filter(kind="cluster.experiments_installed").exists()
    assert not JournalEntry.objects.filter(kind="cluster.accounts_installed").exists()


def test_an_administrator_s_token_is_used_where_it_is_given(cluster: Keeping):
    install("pod-delete", "--token-file", "/run/secrets/admin")
    assert cluster.tokens == ["/run/secrets/admin"]

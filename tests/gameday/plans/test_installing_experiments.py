from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command

from chaos.domain import codec
from chaos.domain.targets import Limits
from chaos.faults import experiments
from chaos.faults.accounts_found import name_of
from chaos.faults.catalogue import FAULTS, UNPROVABLE, find
from chaos.journal.models import JournalEntry
from chaos.models import Cluster
from gameday.plans import litmus_cli
from tests.gameday.cast import gather

pytestmark = pytest.mark.django_db


class Keeping:
    """A cluster that keeps experiments, by name."""

    def __init__(self) -> None:
        self.kept: dict[str, Mapping[str, Any]] = {}
        self.roles: dict[str, Mapping[str, Any]] = {}
        self.tokens: list[str] = []

    def experiments(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(self.kept.values())

    def install_experiment(self, manifest: Mapping[str, Any]) -> None:
        self.kept[manifest["metadata"]["name"]] = manifest

    def accounts(self, manifests: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any] | None, ...]:
        return tuple(self.roles.get(name_of(one)) for one in manifests)

    def bindings(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(one for one in self.roles.values() if "roleRef" in one)

    def install_account(self, manifest: Mapping[str, Any]) -> None:
        self.roles[name_of(manifest)] = manifest

    def by(self, name: str, token_file: str = "") -> Keeping:
        self.tokens.append(token_file)
        return self


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Keeping:
    gather()
    keeping = Keeping()
    monkeypatch.setattr(litmus_cli, "cluster_port", keeping.by)
    return keeping


def checked(*faults: str) -> int:
    try:
        call_command("litmus", "check", "practice", *faults)
    except SystemExit as ending:
        return int(ending.code or 0)
    return 0


def test_what_is_missing_is_installed_and_then_all_is_well(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    assert checked() == 1
    assert "MISSING  pod-delete" in capsys.readouterr().out
    call_command("litmus", "install", "practice", "--as", "ada")
    provable = {name for name, fault in FAULTS.items() if fault.family} - UNPROVABLE
    assert set(cluster.kept) == provable
    assert checked() == 0
    assert "manual" not in capsys.readouterr().out


def test_what_cannot_be_proven_gone_is_left_out_until_the_cluster_allows_it_or_somebody_names_it(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    call_command("litmus", "install", "practice", "--as", "ada")
    assert "Left out: kubelet-service-kill, node-restart" in capsys.readouterr().out
    assert checked() == 0
    assert "--allow-unprovable-faults" in capsys.readouterr().out
    assert checked("node-restart") == 1
    call_command("litmus", "install", "practice", "node-restart", "--as", "ada")
    assert UNPROVABLE & set(cluster.kept) == {"node-restart"}
    limits = replace(Limits(max_percent=50), allow_unprovable=True)
    Cluster.objects.update(limits=codec.to_plain(limits))
    capsys.readouterr()
    assert checked() == 1
    said = capsys.readouterr().out
    assert "MISSING  kubelet-service-kill" in said
    assert "Left out" not in said


def test_only_the_faults_that_are_named_are_installed_and_checked(cluster: Keeping):
    call_command("litmus", "install", "practice", "pod-delete", "--as", "ada")
    assert list(cluster.kept) == ["pod-delete"]
    assert (checked("pod-delete"), checked("node-drain")) == (0, 1)


def test_what_differs_is_said_and_mended_and_nothing_else_is_touched(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    call_command("litmus", "install", "practice", "--as", "ada")
    loose = copy.deepcopy(experiments.experiment(find("pod-delete")))
    loose["spec"]["definition"]["image"] = "litmuschaos/go-runner:latest"
    cluster.kept["pod-delete"] = loose
    cluster.kept["of-somebody-else"] = {"metadata": {"name": "of-somebody-else"}}
    assert checked() == 1
    said = capsys.readouterr().out
    assert "REFUSED  pod-delete" in said
    assert "image is litmuschaos/go-runner:latest" in said
    assert "never used: of-somebody-else" in said
    call_command("litmus", "install", "practice", "--as", "ada")
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("mended")] == [
        "mended     pod-delete"
    ]
    entry = JournalEntry.objects.filter(kind="cluster.experiments_installed").latest("seq")
    assert (entry.actor, entry.body["experiments"]) == ("ada", ["pod-delete"])


def _images(cluster: Keeping, name: str) -> list[str]:
    definition = cluster.kept[name]["spec"]["definition"]
    settings = {one["name"]: one["value"] for one in definition["env"]}
    return [definition["image"], settings["LIB_IMAGE"]]


def _allow(*images: str) -> None:
    limits = replace(Limits(max_percent=50), images=images)
    Cluster.objects.filter(name="practice").update(limits=codec.to_plain(limits))


def test_an_image_that_is_not_on_the_clusters_list_is_not_installed_at_all(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    _allow("registry.bank.example/mirror/")
    with pytest.raises(SystemExit):
        call_command("litmus", "install", "practice", "--as", "ada")
    assert cluster.kept == {}
    assert "'litmuschaos/go-runner:3.28.0' is not on this cluster's list" in capsys.readouterr().err


def test_a_cluster_that_takes_images_from_a_mirror_gets_them_from_there_and_keeps_them(cluster: Keeping):
    _allow("registry.bank.example/mirror/")
    registry = ("--registry", "registry.bank.example/mirror")
    call_command("litmus", "install", "practice", "pod-cpu-hog", *registry, "--as", "ada")
    mirrored = "registry.bank.example/mirror/litmuschaos/go-runner:3.28.0"
    assert _images(cluster, "pod-cpu-hog") == [mirrored, mirrored]
    assert checked("pod-cpu-hog") == 0
    call_command("litmus", "install", "practice", "pod-cpu-hog", "--as", "ada")
    assert _images(cluster, "pod-cpu-hog") == [mirrored, mirrored]


def test_our_image_out_of_a_foreign_registry_is_refused_and_replaced(
    cluster: Keeping, capsys: pytest.CaptureFixture[str]
):
    cluster.kept["pod-cpu-hog"] = experiments.to_install(find("pod-cpu-hog"), None, (), "evil.example")
    assert checked("pod-cpu-hog") == 1
    said = capsys.readouterr().out
    assert "REFUSED  pod-cpu-hog" in said
    assert "Its LIB_IMAGE 'evil.example/litmuschaos/go-runner:3.28.0' is not on this cluster's list" in said
    call_command("litmus", "install", "practice", "pod-cpu-hog", "--as", "ada")
    assert _images(cluster, "pod-cpu-hog") == ["litmuschaos/go-runner:3.28.0"] * 2


def test_a_registry_that_is_none_is_refused(cluster: Keeping, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        call_command("litmus", "install", "practice", "--registry", "$(id)", "--as", "ada")
    assert "is no name of an image" in capsys.readouterr().err
    assert cluster.kept == {}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--as", "petra"), "Petra may not register people and clusters; that takes an administrator"),
        (("moon-eclipse", "--as", "ada"), "There is no fault 'moon-eclipse'"),
    ],
)
def test_what_may_not_be_is_refused_and_nothing_installed(
    cluster: Keeping, arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit):
        call_command("litmus", "install", "practice", *arguments)
    assert words in capsys.readouterr().err
    assert cluster.kept == {}

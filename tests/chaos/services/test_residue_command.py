"""`manage.py residue`: what is ours, cluster by cluster, and on request how it is undone by hand."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos import wiring
from chaos.domain.errors import Transient
from chaos.domain.sight import ResidueKind
from chaos.services import address_book
from chaos.services.address_book import Address
from tests.support.cluster_port import QuietCluster, left

AT = Address("practice", "https://k8s", "", "", "chaos", "chaos-runner")


@pytest.fixture
def said(monkeypatch, capsys):
    """`said(port, …)`: the exit status and what was printed."""

    def run(port: QuietCluster, *words: str) -> tuple[int, str]:
        monkeypatch.setattr(address_book, "known", lambda: ([AT], ""))
        monkeypatch.setattr(wiring, "ports_at", lambda addresses: {item.name: port for item in addresses})
        with pytest.raises(SystemExit) as ended:
            call_command("residue", *words)
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return run


def test_nothing_left_is_said_of_each_cluster_that_was_seen(said):
    assert said(QuietCluster()) == (0, "practice: nothing of ours is left.\n")


def test_a_record_of_what_litmus_did_is_no_fault(said):
    result = left("gd-1-0-pod-delete", kind=ResidueKind.RESULT)
    status, text = said(QuietCluster(residues=(result,)))
    assert status == 0
    assert "ChaosResult chaos/gd-1-0-pod-delete" in text and "practice: no fault is left." in text
    assert said(QuietCluster(residues=(result, left("helper-x", kind=ResidueKind.POD))))[0] == 2
    assert said(QuietCluster(residues=(result, left("gameday-grant", kind=ResidueKind.GRANT))))[0] == 2


def test_a_cluster_that_cannot_be_seen_is_not_called_clean(said):
    status, text = said(QuietCluster(fail={"residue": Transient("No answer.")}))
    assert status == 2 and text == "practice: cannot be seen: No answer.\n"


def test_what_is_left_is_listed_and_with_by_hand_the_commands_that_undo_it(said):
    port = QuietCluster(residues=(left("helper-x", kind=ResidueKind.POD),))
    assert said(port) == (2, "practice: Pod chaos/helper-x\n")
    status, text = said(port, "--by-hand")
    assert status == 2
    assert "    kubectl -n chaos delete pods helper-x --grace-period=60\n" in text

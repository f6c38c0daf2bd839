"""`manage.py residue`: what is ours, cluster by cluster, and on request how it is undone by hand."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos import wiring
from chaos.domain.errors import Transient
from chaos.domain.sight import ResidueKind
from tests.support.cluster_port import QuietCluster, left


@pytest.fixture
def said(monkeypatch, capsys):
    """`said(port, …)`: the exit status and what was printed."""

    def run(port: QuietCluster, *words: str) -> tuple[int, str]:
        monkeypatch.setattr(wiring, "cluster_ports", lambda: {"practice": port})
        with pytest.raises(SystemExit) as ended:
            call_command("residue", *words)
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out + printed.err

    return run


def test_nothing_left_is_said_of_each_cluster_that_was_seen(said):
    assert said(QuietCluster()) == (0, "practice: nothing of ours is left.\n")


def test_a_cluster_that_cannot_be_seen_is_not_called_clean(said):
    status, text = said(QuietCluster(fail={"residue": Transient("No answer.")}))
    assert status == 2 and text == "practice: cannot be seen: No answer.\n"


def test_what_is_left_is_listed_and_with_by_hand_the_commands_that_undo_it(said):
    port = QuietCluster(residues=(left("helper-x", kind=ResidueKind.POD),))
    assert said(port) == (2, "practice: Pod chaos/helper-x\n")
    status, text = said(port, "--by-hand")
    assert status == 2
    assert "    kubectl -n chaos delete pods helper-x --grace-period=60\n" in text

"""What the contract is not run for is said where people look: in the rehearsal's README."""

from __future__ import annotations

from tests.adapters.faults.cases import CASES
from tests.adapters.implementations import LACKS, TRIED
from tests.adapters.practice import ROOT

README = " ".join((ROOT / "deploy" / "rehearsal" / "README.md").read_text("utf-8").split())


def test_everything_that_a_real_cluster_lacks_is_in_the_readme() -> None:
    said = {reason for lacks in LACKS.values() for reason in lacks.values()}
    assert said
    assert [reason for reason in said if reason not in README] == []


def test_the_faults_that_stand_for_all_of_their_sort_are_in_the_readme() -> None:
    assert set(TRIED) <= set(CASES)
    assert [fault for fault in TRIED if f"`{fault}`" not in README] == []

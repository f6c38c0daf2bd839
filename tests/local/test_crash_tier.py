"""`make test-crash` says what it did not look at, and its exit status does."""

from __future__ import annotations

import pytest

from deploy.local import crash, tiers
from deploy.local.tiers import NOT_MARKED, Outcome

RAN, SKIPPED, FAILED = (
    "9 passed, 1 skipped in 61.00s",
    "7 skipped, 12 deselected in 1.20s",
    "1 failed in 2.00s",
)


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`ended(line of the crashes, line of the latencies, …)`: the exit status and what was printed."""

    def run(crashes: str, latencies: str, *words: str) -> tuple[int, str]:
        lines = {"crashes": crashes, "latencies": latencies}
        monkeypatch.setattr(crash, "Interrupts", lambda: None)
        monkeypatch.setattr(
            tiers, "pytest", lambda tier, *_: Outcome(tier, lines[tier] != FAILED, lines[tier])
        )
        monkeypatch.setattr("sys.argv", ["make test-crash", *words])
        return crash.main(), capsys.readouterr().out

    return run


def test_what_ran_and_passed_is_fine(ended):
    status, said = ended(RAN, RAN)
    assert status == 0 and "fine     crashes" in said and "NOT RUN" not in said


def test_where_no_test_is_there_nothing_is_called_fine(ended):
    status, said = ended(NOT_MARKED, NOT_MARKED, "tests/crash/figures.py")
    assert status == 3 and "NOT RUN  crashes" in said and "fine" not in said


def test_latencies_that_were_all_skipped_were_not_measured(ended):
    status, said = ended(RAN, SKIPPED)
    assert status == 3 and "NOT RUN  latencies" in said and "nothing of it counts as passed" in said


def test_who_names_the_tests_of_one_tier_is_not_missing_the_other(ended):
    assert ended(RAN, NOT_MARKED, "tests/crash/test_others_die.py")[0] == 0
    assert ended(RAN, SKIPPED, "tests/crash")[0] == 3


def test_what_failed_is_said_before_what_was_not_run(ended):
    assert ended(FAILED, SKIPPED)[0] == 1

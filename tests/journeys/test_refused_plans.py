"""What is wrong with a plan is said before anything is launched: where it is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import yaml

from tests.journeys import plans
from tests.journeys.house import House

pytestmark = pytest.mark.stack

TEXT = yaml.safe_dump(plans.plan("wrong-day"), sort_keys=False)


def _place(text: str, words: str) -> str:
    """`line:column` of the words, both from 1."""
    before = text[: text.index(words)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(
    ("wrong", "marked", "told"),
    [
        (TEXT.replace("team: payments", "team: [payments"), "environment:", "expected ',' or ']'"),
        (TEXT.replace("fault: pod-delete", "fault: pod-explode"), "pod-explode", "pod-delete"),
        (TEXT.replace("purpose:", "porpoise: 1\npurpose:"), "porpoise", "purpose"),
    ],
    ids=["broken YAML", "unknown fault", "unknown key"],
)
def test_a_file_with_a_mistake_is_refused_with_its_line_and_column(
    desk: House, wrong: str, marked: str, told: str
) -> None:
    file = desk.state / "wrong.yaml"
    file.write_text(wrong)
    said = desk.manage("plan", "import", str(file), "--as", "petra")
    assert said.status == 1, said.told
    assert f"{file}:{_place(wrong, marked)}" in said.err, said.told
    assert told in said.err, said.told
    assert "Traceback" not in said.err, said.told
    assert desk.manage("plan", "export", "wrong-day").status == 1


def _nobody(targets: dict[str, object]) -> None:
    targets["labels"] = {"app": "payments-ap1"}


def _protected(targets: dict[str, object]) -> None:
    targets |= {"namespace": "kube-system", "labels": {"k8s-app": "kube-dns"}}


def _too_many(targets: dict[str, object]) -> None:
    targets["percent"] = 51


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_nobody, "No pod in payments has app=payments-ap1"),
        (_protected, "Namespace kube-system is protected on this cluster"),
        (_too_many, "51 % of the pods is more than the 50 % this cluster allows"),
    ],
    ids=["matches nothing", "protected namespace", "too many"],
)
def test_targets_that_may_not_be_are_refused_before_anybody_approves_them(
    desk: House, change: Callable[[dict[str, object]], None], told: str
) -> None:
    taken = plans.scenario()
    change(taken["faults"][0]["targets"])
    slug = f"targets{change.__name__.replace('_', '-')}"
    said = desk.several(*plans.preparations(plans.write(plans.plan(slug, taken), desk.state), slug))
    assert said.status == 1, said.told
    assert told in said.err, said.told
    conducting = desk.conduct(slug)
    assert conducting.ends() == 1
    assert "run.launched" not in conducting.kinds
    assert desk.chaos_left() == []

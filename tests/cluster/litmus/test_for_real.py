"""What Litmus itself makes of the engines that our adapter sends, and of our way to stop them."""

from __future__ import annotations

import pytest

from chaos.domain.postcondition import not_restored
from tests.adapters.faults.cases import CASES
from tests.adapters.faults.drill import Case
from tests.adapters.things import until
from tests.cluster.litmus.drill import RealDrill
from tests.cluster.pod_runner.programs import ON_THE_API

pytestmark = pytest.mark.cluster

EVERY = pytest.mark.parametrize("case", [CASES[name] for name in ON_THE_API], ids=lambda case: case.fault)


def test_a_deletion_ends_completed_and_says_how_it_went(drill: RealDrill) -> None:
    case = Case("pod-delete", lambda *_: True, {}, app="fraud-detector")
    injection = drill.launch(case, seconds=2)
    (target,) = injection.targets
    until(drill.state, lambda seen: f"payments/{target.name}" not in seen["pods"])
    engine = until(
        lambda: drill.bank.engine(injection.name),
        lambda engine: engine["status"]["engineStatus"] == "completed",
        seconds=60,
    )
    (experiment,) = engine["status"]["experiments"]
    assert (experiment["status"], experiment["verdict"]) == ("Completed", "Pass")
    (result,) = drill.look(injection).results
    assert (result.phase, result.verdict) == ("Completed", "Pass")
    drill.comes_back(injection, drill.stop(injection))


@EVERY
def test_a_stop_in_the_middle_of_a_fault_ends_it(drill: RealDrill, case: Case) -> None:
    injection = drill.launch(case)
    sight = drill.stop(injection)
    assert not_restored(injection, sight) == ()
    assert [(result.phase, result.verdict) for result in sight.results] == [("Stopped", "Stopped")]
    drill.comes_back(injection, sight)

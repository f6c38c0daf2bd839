"""Many engines stopped at once: by Litmus' operator alone, and with our own clean-up beside it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.cluster.litmus.chronicle import Chronicle, has_ended, is_helper, is_reverted
from tests.cluster.litmus.engines import Engines
from tests.cluster.litmus.figures import Figures

pytestmark = pytest.mark.cluster

Json = dict[str, Any]
MANY = 5


class Times:
    """Seconds after the stop, of each engine, in the order in which they were."""

    def __init__(self, chronicle: Chronicle, engines: Sequence[Json], began: float) -> None:
        def each(is_so: Callable[[Any], object]) -> list[float]:
            return sorted(chronicle.when(engine, is_so, began) - began for engine in engines)

        self.asked = each(lambda event: is_helper(event) and event.is_asked_to_go)
        self.reverted = each(is_reverted)
        self.ended = each(has_ended)

    def tell(self, figures: Figures, how: str) -> None:
        of_each = {f"reverted_{number}": at for number, at in enumerate(self.reverted, 1)}
        figures.say(f"{MANY} engines, {how}", **of_each, first_ended=self.ended[0], last_ended=self.ended[-1])


@pytest.mark.parametrize("how", ["stop", "DELETE"])
def test_litmus_ends_engines_one_after_another(
    engines: Engines, chronicle: Chronicle, figures: Figures, how: str
) -> None:
    many = engines.several(MANY, "pod-network-latency")
    began = time.monotonic()
    for engine in many:
        if how == "stop":
            engines.patch(engine, engineState="stop")
        else:
            engines.delete(engine)
    for engine in many:
        (engines.is_stopped if how == "stop" else engines.is_gone)(engine)
    times = Times(chronicle, many, began)
    times.tell(figures, how)
    asked_by_then = [at for at in times.asked if at < times.ended[0]]
    assert len(asked_by_then) <= 2, "the first; the second where it was seen late that the first had ended"
    assert times.asked[-1] > times.ended[-3], "the last is asked when all but itself and the one before ended"


def test_our_clean_up_ends_them_all_at_once(engines: Engines, chronicle: Chronicle, figures: Figures) -> None:
    many = engines.several(MANY, "pod-network-latency")
    began = time.monotonic()
    engines.drill.make().revert(engines.drill.ref)
    for engine in many:
        engines.is_gone(engine)
    times = Times(chronicle, many, began)
    times.tell(figures, "DELETE and our clean-up")
    assert times.asked[-1] < times.ended[0]
    assert times.reverted[-1] < times.ended[0]

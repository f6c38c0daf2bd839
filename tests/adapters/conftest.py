"""The practice bank on each implementation that the contract is run against, left clean after each test.

The rehearsal cluster is a process of its own, twenty times faster; the others are of tier `cluster`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.adapters.implementations import (
    IMPLEMENTATIONS,
    LITMUS,
    REHEARSAL,
    STAND_IN,
    implementation_of,
    is_tried,
    why_not,
)
from tests.adapters.practice import Practice, bank, practising, whole_bank
from tests.adapters.things import UnderTest, until
from tests.cluster.contract import bank_on_a_real_api


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Faults that are not tried are left out, what is lacking is said, the real ones come last."""
    left_out = [item for item in items if not is_tried(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if is_tried(item)]
    order = ("", REHEARSAL, STAND_IN, LITMUS)
    items.sort(key=lambda item: max(0, order.index(implementation_of(item)) - 1))
    for item in items:
        if reason := why_not(item):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", params=IMPLEMENTATIONS)
def practice_process(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("practice")
    if request.param == REHEARSAL:
        with practising(folder, times_faster=20) as practice:
            yield practice
        return
    with bank_on_a_real_api(folder, is_litmus=request.param == LITMUS) as practice:
        yield practice


@pytest.fixture
def practice(practice_process: Practice) -> Iterator[Practice]:
    yield practice_process
    practice_process.set_right()
    cluster = practice_process.cluster()

    def swept() -> object:
        cluster.remove(cluster.residue())
        return cluster.residue()

    until(swept, lambda left: not left)
    cluster.release_lever()
    whole_bank(practice_process)


@pytest.fixture
def cluster_under_test(practice: Practice) -> UnderTest:
    """Every implementation that the contract is run against."""
    return bank(practice)

"""Litmus' own operator and experiments on our own control plane, with the practice bank to be hit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.cluster.handle import Cluster
from deploy.cluster.litmus import LitmusForReal
from tests.cluster.litmus.bank import Bank, whole
from tests.cluster.litmus.chronicle import Chronicle
from tests.cluster.litmus.drill import RealDrill
from tests.cluster.litmus.engines import Engines
from tests.cluster.litmus.figures import Figures, report
from tests.cluster.pod_runner.api import Api


@pytest.fixture(scope="package")
def litmus_and_bank(our_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    litmus = LitmusForReal(our_cluster)
    litmus.start()
    bank = Bank(our_cluster, litmus, tmp_path_factory.mktemp("bank"))
    bank.build()
    yield bank
    litmus.stop()


@pytest.fixture
def bank(litmus_and_bank: Bank) -> Iterator[Bank]:
    with whole(litmus_and_bank) as bank:
        yield bank


@pytest.fixture
def drill(bank: Bank) -> RealDrill:
    return RealDrill(bank)


@pytest.fixture
def engines(drill: RealDrill) -> Engines:
    return Engines(drill)


@pytest.fixture(scope="package")
def chronicle(litmus_and_bank: Bank) -> Chronicle:
    """Of all that happens in the chaos namespace from now on."""
    chronicle = Chronicle(Api(litmus_and_bank.admin.kubeconfig))
    chronicle.begin()
    return chronicle


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    return Figures(request.node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    report(terminalreporter)

"""The reader against Prometheus itself: what a stub of ours would only repeat back to us."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.prometheus import AlertsReader, PrometheusReader, check
from chaos.adapters.prometheus_client import PrometheusClient, PrometheusSettings
from chaos.domain.sight import Reading
from chaos.domain.spec import Freshness, MinimumCount, ProbeKind, ProbeSpec
from deploy.local.paths import cache
from deploy.local.ports import free
from tests.adapters.stub_server import Answer, stub_server
from tests.adapters.things import until

pytestmark = pytest.mark.stack

CONFIGURATION = """
global: {{scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}}
rule_files: [rules.yml]
scrape_configs:
- job_name: bank
  static_configs: [{{targets: ["{target}"]}}]
"""
RULES = """
groups:
- name: bank
  rules:
  - {alert: PaymentsSlow, expr: latency > 100, labels: {severity: page}}
  - {alert: StillPending, expr: latency > 100, for: 1h}
"""


def metrics() -> bytes:
    a_minute_ago = round((time.time() - 60) * 1000)
    return f'latency 250\nrate{{pod="a"}} 1\nrate{{pod="b"}} 2\nold 1 {a_minute_ago}\n'.encode()


def program() -> str:
    cached = sorted(cache().glob("*/prometheus=*/usr/bin/prometheus"))
    found = shutil.which("prometheus") or (str(cached[-1]) if cached else "")
    return found or pytest.skip("no Prometheus on this machine: `make rehearsal` once fetches it")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusSettings]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    address = f"127.0.0.1:{free()[0]}"
    with stub_server(lambda asked: Answer(body=metrics(), headers={"Content-Type": "text/plain"})) as bank:
        (folder / "rules.yml").write_text(RULES)
        (folder / "prometheus.yml").write_text(CONFIGURATION.format(target=bank.url.partition("//")[2]))
        command = [program(), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=log, stderr=log)
        try:
            found = PrometheusSettings(f"http://{address}")
            until(lambda: AlertsReader(PrometheusClient(found)).read(), lambda reading: reading.alerts)
            yield found
        finally:
            process.terminate()
            process.wait(10)


def read(settings: PrometheusSettings, ask: str, **changes: Any) -> Reading:
    second = timedelta(seconds=1)
    probe = ProbeSpec("p", ProbeKind.PROMETHEUS, ask, "ms", second, 2 * second, 1, **changes)
    return PrometheusReader(PrometheusClient(settings)).read(probe)


def fresh(series: str) -> Freshness:
    return Freshness(series, timedelta(seconds=5))


def test_a_value_that_is_fresh_and_of_enough_is_read(settings: PrometheusSettings) -> None:
    minimum = MinimumCount("sum(rate)", Decimal(3))
    assert read(settings, "latency", freshness=fresh("latency"), minimum=minimum).value == 250
    assert read(settings, "scalar(latency)").value == 250


@pytest.mark.parametrize(
    ("ask", "changes", "why"),
    [
        ("no_such_series", {}, "no data"),
        ("rate", {}, "2 series"),
        ("latency[5s]", {}, "matrix"),
        ('"words"', {}, "string"),
        ("latency * 0 / 0", {}, "nan"),
        ("latency / 0", {}, "inf"),
        ("sum(", {}, "parse error"),
        ("latency", {"freshness": fresh("old")}, "s old"),
        ("latency", {"freshness": fresh("no_such_series")}, "no fresh"),
        ("latency", {"minimum": MinimumCount("sum(rate)", Decimal(4))}, "too little"),
        ("latency", {"minimum": MinimumCount("no_such_series", Decimal(4))}, "no data"),
    ],
)
def test_everything_else_is_unknown(
    settings: PrometheusSettings, ask: str, changes: dict[str, Any], why: str
) -> None:
    reading = read(settings, ask, **changes)
    assert reading.value is None
    assert why in reading.unknown


def test_alerts_are_told_by_their_state(settings: PrometheusSettings) -> None:
    reading = AlertsReader(PrometheusClient(settings)).read()
    assert reading.alerts is not None
    assert {alert.name: alert.state for alert in reading.alerts} == {
        "PaymentsSlow": "firing",
        "StillPending": "pending",
    }
    assert {alert.labels.get("severity") for alert in reading.alerts} == {"page", None}


def test_the_connection_test_counts_the_targets(settings: PrometheusSettings) -> None:
    assert check(PrometheusClient(settings)).sentence == (
        "Prometheus answers; 1 of its 1 targets are up (1 samples of `up`)."
    )

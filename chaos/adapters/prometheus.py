"""Readings out of Prometheus: a value, or unknown with a sentence. Never a comparison with NaN."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chaos.adapters.prometheus_client import PrometheusClient, Sample, Unanswered
from chaos.adapters.wall import utc_now
from chaos.domain.sight import Alert, AlertsReading, Reading
from chaos.domain.spec import Freshness, MinimumCount, ProbeSpec
from chaos.ports import Preflight


@dataclass(frozen=True, slots=True)
class PrometheusReader:
    """A ProbeReader. The probe's timeout covers all questions that one reading needs."""

    client: PrometheusClient
    now: Callable[[], datetime] = utc_now

    def read(self, probe: ProbeSpec) -> Reading:
        asked_at = self.now()
        until = time.monotonic() + probe.timeout.total_seconds()
        try:
            value = self._value(probe, until)
            return Reading(probe.name, asked_at, self.now(), value)
        except Unanswered as unanswered:
            return Reading(probe.name, asked_at, self.now(), None, str(unanswered))

    def _value(self, probe: ProbeSpec, until: float) -> float:
        """Freshness and minimum are asked at the very instant of the value, by Prometheus' clock."""
        sample = _single(self.client.ask(probe.ask, _left(until)), "query")
        if probe.freshness:
            series = self.client.ask(f"timestamp({probe.freshness.series})", _left(until), sample.at)
            _check_fresh(probe.freshness, series)
        if probe.minimum:
            count = _single(self.client.ask(probe.minimum.query, _left(until), sample.at), "minimum's query")
            _check_minimum(probe.minimum, count.value)
        return sample.value


@dataclass(frozen=True, slots=True)
class AlertsReader:
    """An AlertReader: what `ALERTS` shows, pending and firing. No series is a good answer: no alert."""

    client: PrometheusClient
    seconds: float = 3.0
    now: Callable[[], datetime] = utc_now

    def read(self) -> AlertsReading:
        asked_at = self.now()
        try:
            found = self.client.ask('ALERTS{alertstate=~"pending|firing"}', self.seconds)
        except Unanswered as unanswered:
            return AlertsReading(asked_at, self.now(), None, str(unanswered))
        return AlertsReading(asked_at, self.now(), tuple(_alert(sample) for sample in found))


def check(client: PrometheusClient, seconds: float = 3.0) -> Preflight:
    """For a connection test: does it answer, and how many of its targets are up? Raises nothing."""
    try:
        targets = client.ask("up", seconds)
    except Unanswered as unanswered:
        return Preflight("Prometheus", False, str(unanswered))
    if not targets:
        return Preflight("Prometheus", False, "Prometheus answers, but it scrapes nothing: no series `up`.")
    up = sum(sample.value == 1 for sample in targets)
    count = f"{up} of its {len(targets)} targets are up ({len(targets)} samples of `up`)"
    return Preflight("Prometheus", True, f"Prometheus answers; {count}.")


def _single(samples: list[Sample], what: str) -> Sample:
    if not samples:
        raise Unanswered(f"The {what} found no data.")
    if len(samples) > 1:
        raise Unanswered(f"The {what} found {len(samples)} series where one is due; aggregate it.")
    if not math.isfinite(samples[0].value):
        raise Unanswered(f"The {what} gave {samples[0].value}, which is no number to judge by.")
    return samples[0]


def _check_fresh(freshness: Freshness, series: list[Sample]) -> None:
    """An instant query happily repeats a sample for five minutes; only the raw series tells its age."""
    ages = [sample.at - sample.value for sample in series if math.isfinite(sample.value)]
    if not ages:
        raise Unanswered(f"There is no fresh sample of {freshness.series}.")
    if min(ages) > freshness.max_age.total_seconds():
        raise Unanswered(
            f"The newest sample of {freshness.series} is {min(ages):.1f} s old, "
            f"more than {freshness.max_age.total_seconds():g} s."
        )


def _check_minimum(minimum: MinimumCount, count: float) -> None:
    if Decimal(repr(count)) < minimum.at_least:
        raise Unanswered(
            f"There is too little to judge by: {count:g}, at least {minimum.at_least} is needed."
        )


def _alert(sample: Sample) -> Alert:
    labels = {key: value for key, value in sample.labels.items() if not key.startswith("__")}
    return Alert(name=labels.pop("alertname", ""), state=labels.pop("alertstate", ""), labels=labels)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise Unanswered("Prometheus took the whole time of the probe before every question was answered.")
    return left

"""Probes, and what is expected of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from chaos.domain.spec import (
    AbortCondition,
    Expectation,
    ExpectationKind,
    ExpectedAlert,
    Freshness,
    MinimumCount,
    ProbeKind,
    ProbeSpec,
)
from gameday.plans.findings import Findings, comparison
from gameday.plans.problems import Path

SECOND = timedelta(seconds=1)
LEAST_INTERVAL = {
    ProbeKind.PROMETHEUS: SECOND,  # no faster than the scrape: the same sample twice is no second reading
    ProbeKind.HTTP_STATUS: timedelta(milliseconds=250),
    ProbeKind.HTTP_LATENCY: timedelta(milliseconds=250),
}
MOST_INTERVAL = timedelta(minutes=5)
MOST_WITHIN = timedelta(hours=8)
USUAL_TIMEOUT, USUAL_BLIND_BUDGET = "2s", 3


def probe(item: dict[str, Any], path: Path, findings: Findings) -> ProbeSpec:
    kind = ProbeKind(item["kind"])
    age, least = item.get("freshness"), item.get("minimum")
    return ProbeSpec(
        name=item["name"],
        kind=kind,
        ask=_ask(item, kind, path, findings),
        unit=item["unit"],
        interval=findings.duration(
            item["interval"], (*path, "interval"), LEAST_INTERVAL[kind], MOST_INTERVAL
        ),
        timeout=findings.duration(
            item.get("timeout", USUAL_TIMEOUT), (*path, "timeout"), SECOND / 10, 10 * SECOND
        ),
        blind_budget=int(item.get("blind_budget", USUAL_BLIND_BUDGET)),
        freshness=Freshness(
            age["series"],
            findings.duration(age["max_age"], (*path, "freshness", "max_age"), SECOND, 600 * SECOND),
        )
        if age
        else None,
        minimum=MinimumCount(least["query"], Decimal(str(least["at_least"]))) if least else None,
    )


def _ask(item: dict[str, Any], kind: ProbeKind, path: Path, findings: Findings) -> str:
    """The query, the URL, or the path below the cluster's services address."""
    if kind is ProbeKind.PROMETHEUS:
        for key in ("url", "service"):
            if key in item:
                findings.say((*path, key), f"A prometheus probe has no {key}; it asks a query.")
        if "query" not in item:
            findings.say((*path, "query"), "query is missing. What should Prometheus be asked?")
        return str(item.get("query", "")).strip()
    for key in ("query", "freshness", "minimum"):
        if key in item:
            findings.say((*path, key), f"An {kind.value} probe has no {key}; that is for prometheus.")
    url, service = item.get("url"), item.get("service")
    if (url is None) == (service is None):
        findings.say(path, "Say what to get with exactly one of url and service.")
    if url and "@" in urlsplit(url).netloc:
        findings.say((*path, "url"), "Leave user and password out of the address; a plan is read by many.")
    if service:
        return f"/{service['namespace']}/{service['name']}{service['path']}"
    return str(url or "")


def expectation(item: dict[str, Any], path: Path, findings: Findings) -> Expectation:
    kind = next(kind for kind in ExpectationKind if kind.value in item)
    said = item[kind.value]
    if kind is ExpectationKind.HOLDS:
        return Expectation(item["probe"], kind, comparison(said))
    within = findings.duration(said["within"], (*path, kind.value, "within"), SECOND, MOST_WITHIN)
    return Expectation(item["probe"], kind, comparison(said["is"]), within)


def abort_condition(item: dict[str, Any]) -> AbortCondition:
    return AbortCondition(item["probe"], comparison(item["when"]), int(item.get("consecutive", 1)))


def expected_alert(item: dict[str, Any], path: Path, findings: Findings) -> ExpectedAlert:
    within = findings.duration(item["within"], (*path, "within"), SECOND, MOST_WITHIN)
    return ExpectedAlert(item["name"], item["severity"], item["route"], within)

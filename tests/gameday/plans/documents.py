"""Plan documents for tests: a small valid one, the sample, and edits of them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from gameday.plans.problems import undotted
from gameday.plans.yaml_reader import read

SAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "rehearsal" / "sample" / "plan.yaml"

SMALL = """\
format: "1"
plan: small-day
title: A small day
purpose: See that it works.
team: payments
environment: rehearsal
cluster: practice
window:
  opens: 2026-01-01T00:00:00Z
  closes: 2026-12-31T00:00:00Z
scope:
  in: [payments-api]
  out: [kafka]
people:
  fiona: [facilitator]
  ravi: [responder]
must_be_told:
  - party: on-call
    acknowledged_by: [ravi]
scenarios:
  - key: pod-kill
    title: A pod is killed
    hypothesis: Nobody notices.
    faults:
      - fault: pod-delete
        targets: {namespace: payments, kind: deployment, labels: {app: payments-api}, count: 1}
        parameters: {force: false}
        duration: 10s
    probes:
      - {name: p99, kind: prometheus, query: p99_ms, unit: ms, interval: 1s}
    expectations:
      - {probe: p99, holds: "< 200"}
    abort_conditions:
      - {probe: p99, when: "> 500"}
    durations: {baseline: 5s, observe: 20s, revert_within: 1m}
    rollback: Restart the deployment.
"""

FULL = (
    SMALL.replace(
        "    durations:",
        """\
      - {probe: health, when: "!= 200", consecutive: 3}
    expected_alerts:
      - {name: PodsMissing, severity: warning, route: on-call, within: 15s}
    audience: organisers
    runbook: Chapter 3.
    durations:""",
    )
    .replace(
        "    expectations:",
        """\
        timeout: 2s
        blind_budget: 4
        freshness: {series: 'requests_total{job="a"}', max_age: 5s}
        minimum: {query: rate, at_least: 0.5}
      - {name: health, kind: http-status, url: "http://health.test/ok", unit: code, interval: 250ms}
      - name: door
        kind: http-latency
        service: {namespace: payments, name: payments-api, path: /health}
        unit: ms
        interval: 1s
    expectations:
      - {probe: health, recovers_within: {is: "== 200", within: 20s}}
      - {probe: door, happens_within: {is: "> 5", within: 30s}}""",
    )
    .replace(
        "      - {name: p99, kind: prometheus, query: p99_ms, unit: ms, interval: 1s}\n",
        """\
      - name: p99
        kind: prometheus
        query: p99_ms
        unit: ms
        interval: 1s
""",
    )
    .replace("  - party: on-call\n", "  - party: on-call\n    why: They are paged.\n")
)
"""As SMALL, with every optional key that is not refused today."""


def small() -> dict[str, Any]:
    document: dict[str, Any] = read(SMALL.encode()).document
    return document


def full() -> dict[str, Any]:
    document: dict[str, Any] = read(FULL.encode()).document
    return document


def sample() -> dict[str, Any]:
    document: dict[str, Any] = read(SAMPLE.read_bytes()).document
    return document


def edited(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with values set by dotted path (`__` for a dot); None takes the key out."""
    changed = copy.deepcopy(document)
    for where, value in changes.items():
        *path, last = undotted(where.replace("__", "."))
        place: Any = changed
        for step in path:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return changed


def edited_at(document: dict[str, Any], where: str, value: Any) -> dict[str, Any]:
    """As `edited`, for one path with brackets."""
    return edited(document, **{where: value})

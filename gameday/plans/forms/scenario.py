"""The form of one scenario. Its parameters follow from the chosen fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaos.faults.base import Fault
from gameday.plans.forms import parameters
from gameday.plans.forms.expectations import Expectations
from gameday.plans.forms.kinds import (
    Choice,
    Choices,
    Comparison,
    Duration,
    Kind,
    Labels,
    Mono,
    Number,
    Size,
    Words,
)
from gameday.plans.forms.shape import Item, Rows, Shape

PREFIX = "scenario."
_KINDS_OF_TARGETS = {
    "deployment": "Pods of a deployment",
    "statefulset": "Pods of a stateful set",
    "daemonset": "Pods of a daemon set",
    "node": "Nodes, by their own labels",
    "node-of": "Nodes that run pods with these labels",
}
_KINDS_OF_PROBES = (
    ("prometheus", "Prometheus query"),
    ("http-latency", "HTTP: time to the answer"),
    ("http-status", "HTTP: status code"),
)


class Audience(Choice):
    """Everyone, unless the organisers keep it to themselves."""

    def write(self, value: Any) -> Any:
        return {"": ["" if value == "everyone" else value]}


def shape(fault: Fault | None, probes: Sequence[str]) -> Shape:
    """`probes` are the names of the scenario's probes as they stand in the form."""
    asked = Choice([(name, name) for name in probes])
    return (
        Item("title", "Title"),
        Item("key", "Short name"),
        Item("hypothesis", "Hypothesis", Words()),
        Item("audience", "Who may see it beforehand", AUDIENCE, is_optional=True),
        Item("faults[0].fault", "Fault", help=" "),
        *(_fault(fault, probes) if fault else ()),
        Item("durations.baseline", "Baseline", Duration()),
        Item("durations.observe", "Observe", Duration()),
        Item("durations.revert_within", "Revert within", Duration()),
        PROBES,
        Expectations(
            "expectations",
            "expectation",
            _expectation(asked),
            {"is": "", "is~op": "<", "within": "", "within~unit": "s"},
        ),
        Rows(
            "abort_conditions",
            "abort condition",
            _abort_condition(asked),
            {"when": "", "when~op": ">", "consecutive": "2"},
            True,
        ),
        ALERTS,
        Item("rollback", "Rollback by hand", Words()),
        Item("runbook", "Runbook", Words(), is_optional=True),
    )


def _fault(fault: Fault, probes: Sequence[str]) -> tuple[Item | Rows, ...]:
    lasts = Item("faults[0].duration", "Lasts", Duration())
    own = parameters.items(fault, "faults[0].parameters", probes)
    if not fault.needs_targets:
        return (lasts, *own)
    on_rung = parameters.items(fault, "parameters", probes, is_rung=True)
    thing = "nodes" if fault.on_nodes else "pods"
    size = Size(thing)
    rungs = (
        ()
        if fault.on_nodes
        else _rungs((Item("size", "How many", size, is_optional=True, help=" "), *on_rung))
    )
    return (
        Item("faults[0].targets.kind", "Done to", Choice(_kinds(fault))),
        Item("faults[0].targets.namespace", "Namespace", is_optional=fault.on_nodes),
        Item("faults[0].targets.labels", "Labels", Labels(), help=_LABELS, hint="app=payments-api"),
        Item("faults[0].targets.size", "How many", size, help=_SIZE),
        Item("faults[0].targets.zone", "Zone", is_optional=True),
        lasts,
        *own,
        *rungs,
    )


def _kinds(fault: Fault) -> Choices:
    return [(kind, _KINDS_OF_TARGETS.get(kind, kind)) for kind in fault.target_kinds]


def _rungs(items: tuple[Item, ...]) -> tuple[Rows, ...]:
    """A ladder of nodes is not supported: each rung would find others."""
    return (Rows("faults[0].stages", "rung", items, {"size": "", "size~unit": "count"}, is_optional=True),)


def _expectation(asked: Kind) -> tuple[Item, ...]:
    return (
        Item("probe", "Probe", asked),
        Item("kind", "What is expected", Choice(Expectations.KINDS), help=" "),
        Item("is", "Value", Comparison(), help="In the probe's unit."),
        Item("within", "Within", Duration(), is_optional=True, help=_WITHIN),
    )


def _abort_condition(asked: Kind) -> tuple[Item, ...]:
    return (
        Item("probe", "Probe", asked),
        Item("when", "Stopped when", Comparison(), help="In the probe's unit."),
        Item("consecutive", "In a row", Number(), is_optional=True, unit="readings"),
    )


AUDIENCE = Audience([("", "Everyone"), ("organisers", "The organisers only")])
_LABELS = "What a pod or node must have, all of them: key=value, one a line."
_SIZE = "A share is rounded down, but is at least one. The cluster's own limits hold in any case."
_WITHIN = "Counted from the measured injection; not for what holds all through."
_PROBE = (
    Item("name", "Name", hint="p99"),
    Item("kind", "Kind", Choice(_KINDS_OF_PROBES), help=" "),
    Item("unit", "Unit", hint="ms"),
    Item("query", "Query", Mono()),
    Item("url", "URL", is_optional=True, hint="https://"),
    Item("service.namespace", "Service: namespace", is_optional=True),
    Item("service.name", "Service: name", is_optional=True),
    Item("service.path", "Service: path", is_optional=True, hint="/health"),
    Item("interval", "Asked every", Duration()),
    Item("timeout", "Given up after", Duration(), is_optional=True),
    Item("blind_budget", "Unknown readings tolerated", Number(), is_optional=True, unit="in a row"),
    Item("freshness.series", "Fresh series", is_optional=True),
    Item("freshness.max_age", "At most this old", Duration(), is_optional=True),
    Item("minimum.query", "Least traffic: query", Mono(), is_optional=True),
    Item("minimum.at_least", "Least traffic: at least", Number(), is_optional=True),
)
_FRESH_PROBE = {
    "name": "", "kind": "prometheus", "unit": "", "query": "", "interval": "1", "interval~unit": "s",
    "timeout": "2", "timeout~unit": "s", "blind_budget": "3",
}  # fmt: skip
PROBES = Rows("probes", "probe", _PROBE, _FRESH_PROBE)
_ALERT = (
    Item("name", "Name", hint="PaymentsLatencyHigh"),
    Item("severity", "Severity", hint="page"),
    Item("route", "Reaches", hint="payments-oncall"),
    Item("within", "Within", Duration()),
)
ALERTS = Rows(
    "expected_alerts",
    "alert",
    _ALERT,
    {"name": "", "severity": "", "route": "", "within": "1", "within~unit": "m"},
    is_optional=True,
)

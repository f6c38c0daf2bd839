"""Label and field selectors, in the query-string form and in the form of LabelSelector objects."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from deploy.rehearsal.store.errors import bad_request
from deploy.rehearsal.store.kinds import EVENTS, JOBS, NAMESPACES, NODES, PODS, SECRETS, Kind
from deploy.rehearsal.store.objects import Object, dig

Labels = Mapping[str, str]
Test = Callable[[Labels], bool]

_KEY = r"[A-Za-z0-9]([-A-Za-z0-9_./]*[A-Za-z0-9])?"
_SET = re.compile(rf"^(?P<key>{_KEY})\s+(?P<op>in|notin)\s+\((?P<values>[^()]*)\)$")
_EQUAL = re.compile(rf"^(?P<key>{_KEY})\s*(?P<op>==|=|!=)\s*(?P<value>[-A-Za-z0-9_.]*)$")
_EXISTS = re.compile(rf"^(?P<not>!?)\s*(?P<key>{_KEY})$")

_FIELDS: dict[Kind, frozenset[str]] = {
    PODS: frozenset(
        {
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        }
    ),
    EVENTS: frozenset(
        {
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        }
    ),
    NAMESPACES: frozenset({"status.phase"}),
    NODES: frozenset({"spec.unschedulable"}),
    JOBS: frozenset({"status.successful"}),
    SECRETS: frozenset({"type"}),
}
_ALWAYS = frozenset({"metadata.name", "metadata.namespace"})


def labels_test(selector: str) -> Test:
    """A predicate on labels. Raises ApiError 400 where the selector cannot be read."""
    tests = [_requirement(part.strip()) for part in _split(selector)]
    return lambda labels: all(test(labels) for test in tests)


def _split(selector: str) -> list[str]:
    return [part for part in re.split(r",(?![^()]*\))", selector) if part.strip()]


def _requirement(text: str) -> Test:
    if found := _SET.match(text):
        key, values = found["key"], {value.strip() for value in found["values"].split(",")}
        if found["op"] == "in":
            return lambda labels: key in labels and labels[key] in values
        return lambda labels: labels.get(key) not in values
    if found := _EQUAL.match(text):
        key, value = found["key"], found["value"]
        if found["op"] == "!=":
            return lambda labels: labels.get(key) != value
        return lambda labels: labels.get(key) == value
    if found := _EXISTS.match(text):
        key, wanted = found["key"], not found["not"]
        return lambda labels: (key in labels) is wanted
    raise bad_request(f'unable to parse requirement: found "{text}"; expected a label selector')


def selector_test(selector: Mapping[str, Any] | None) -> Test:
    """A predicate from a LabelSelector object. None selects nothing, an empty one everything."""
    if selector is None:
        return lambda labels: False
    wanted = dict(selector.get("matchLabels") or {})
    expressions = list(selector.get("matchExpressions") or [])

    def matches(labels: Labels) -> bool:
        return all(labels.get(key) == value for key, value in wanted.items()) and all(
            _expression(one, labels) for one in expressions
        )

    return matches


def _expression(one: Mapping[str, Any], labels: Labels) -> bool:
    key, values = one["key"], one.get("values") or []
    match one["operator"]:
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return key not in labels


def fields_test(kind: Kind, selector: str) -> Callable[[Object], bool]:
    """A predicate on objects. Raises ApiError 400 for a field this kind cannot be selected by."""
    tests: list[tuple[tuple[str, ...], str, bool]] = []
    for part in (piece for piece in selector.split(",") if piece):
        found = re.match(r"^(?P<path>[A-Za-z.]+)(?P<op>!=|==|=)(?P<value>.*)$", part)
        if not found:
            raise bad_request(f'invalid selector: "{part}"; can\'t understand "{part}"')
        path = found["path"]
        if path not in _ALWAYS and path not in _FIELDS.get(kind, frozenset()):
            raise bad_request(
                f'Unable to find "{kind.api_version}, Resource={kind.plural}" that match label selector "", '
                f'field selector "{selector}": field label not supported: {path}'
            )
        tests.append((tuple(path.split(".")), found["value"], found["op"] != "!="))
    return lambda obj: all((_text(dig(obj, *path)) == value) is wanted for path, value, wanted in tests)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)

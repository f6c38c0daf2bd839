"""The environment of a container: values, `$(NAME)` in them, and what they refer to elsewhere."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

from tests.cluster.pod_runner.api import ApiError, Json

Find = Callable[[str, str], Json]
"""The ConfigMap or Secret of that kind ("configmaps", "secrets") and name, in the pod's namespace."""

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")
_KEYED = re.compile(r"metadata\.(labels|annotations)\['(.+)'\]")


class NotResolved(Exception):
    """A kubelet would say CreateContainerConfigError, and try again."""


def environment(pod: Json, find: Find) -> dict[str, str]:
    """Raises NotResolved for what is not there (and not optional)."""
    container = pod["spec"]["containers"][0]
    known: dict[str, str] = {}
    for source in container.get("envFrom") or []:
        known |= _all_of(source, find)
    for variable in container.get("env") or []:
        if "valueFrom" in variable:
            value = _referred(pod, variable["valueFrom"], find)
            if value is not None:
                known[variable["name"]] = value
        else:
            known[variable["name"]] = expanded(variable.get("value") or "", known)
    return known


def expanded(text: str, known: dict[str, str]) -> str:
    """`$(NAME)` of a known name is its value, of an unknown one stays as it is; `$$` is a dollar sign."""

    def one(found: re.Match[str]) -> str:
        return "$" if found[0] == "$$" else known.get(found[1], found[0])

    return _REFERENCE.sub(one, text)


def _all_of(source: Json, find: Find) -> dict[str, str]:
    for key, kind in (("configMapRef", "configmaps"), ("secretRef", "secrets")):
        if key in source:
            data = _data(kind, source[key], find) or {}
            return {f"{source.get('prefix', '')}{name}": value for name, value in data.items()}
    return {}


def _referred(pod: Json, source: Json, find: Find) -> str | None:
    if "fieldRef" in source:
        return _field(pod, source["fieldRef"]["fieldPath"])
    for key, kind in (("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")):
        if key not in source:
            continue
        reference = source[key]
        data = _data(kind, reference, find)
        if data is not None and reference["key"] in data:
            return data[reference["key"]]
        if reference.get("optional"):
            return None
        raise NotResolved(f"{kind} {reference['name']} has no key {reference['key']}")
    raise NotResolved(f"the pod runner cannot resolve {', '.join(source)}")


def _data(kind: str, reference: Json, find: Find) -> dict[str, str] | None:
    try:
        data = find(kind, reference["name"]).get("data") or {}
    except ApiError as error:
        if error.code == 404 and reference.get("optional"):
            return None
        raise NotResolved(str(error)) from error
    if kind == "secrets":
        return {name: base64.b64decode(value).decode() for name, value in data.items()}
    return {name: str(value) for name, value in data.items()}


def _field(pod: Json, path: str) -> str:
    if keyed := _KEYED.fullmatch(path):
        return str((pod["metadata"].get(keyed[1]) or {}).get(keyed[2], ""))
    value: object = pod
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return "" if value is None else str(value)

"""How Kubernetes addresses things: paths of resources and label selectors, checked before they are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from chaos.domain.errors import Refused

_LABEL_KEY = re.compile(r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
_LABEL_VALUE = re.compile(r"^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")
_NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of object by its address: `Resource("batch/v1", "jobs")`."""

    api: str
    plural: str

    @property
    def group(self) -> str:
        return self.api.rpartition("/")[0]

    def path(self, namespace: str = "", name: str = "") -> str:
        parts = ["api" if self.api == "v1" else "apis", self.api]
        parts += ["namespaces", _checked(namespace)] if namespace else []
        parts += [self.plural] + ([_checked(name)] if name else [])
        return "/" + "/".join(parts)


def selector(labels: Mapping[str, str | None]) -> str:
    """`a=1,b` for {"a": "1", "b": None}: equal to, and present. Raises Refused for what is no label."""
    parts = []
    for key, value in sorted(labels.items()):
        if not _LABEL_KEY.fullmatch(key) or (value is not None and not _LABEL_VALUE.fullmatch(value)):
            raise Refused(f"{key}={value} is no Kubernetes label; check the selector.")
        parts.append(key if value is None else f"{key}={value}")
    return ",".join(parts)


def field_selector(fields: Mapping[str, str]) -> str:
    """`spec.nodeName=a`. The keys are ours; raises Refused for a value that is no name."""
    return ",".join(f"{key}={_checked(value)}" for key, value in sorted(fields.items()))


def what_is_asked(verb: str, resource: Resource, namespace: str, name: str = "") -> str:
    """`delete pods x in namespace y`, for the sentences of errors."""
    kind = f"{resource.plural}.{resource.group}" if resource.group else resource.plural
    where = f" in namespace {namespace}" if namespace else " in all namespaces" if verb == "list" else ""
    return f"{verb} {kind}{f' {name}' if name else ''}{where}"


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Refused(f"{name!r} is no Kubernetes name.")
    return quote(name)

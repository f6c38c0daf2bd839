"""Small objects for the tests of this folder."""

from collections.abc import Callable
from typing import Any

import pytest
from kubernetes.client import ApiException

from deploy.rehearsal.store import Object

GROUP, VERSION = "litmuschaos.io", "v1alpha1"
ENGINES = (GROUP, VERSION, "chaos", "chaosengines")


def pod(name: str, *, node: str = "n1", ready: bool = True, **meta: Any) -> Object:
    """A running pod in payments."""
    return {
        "metadata": {"name": name, "namespace": "payments", **meta},
        "spec": {"nodeName": node, "containers": [{"name": "main", "image": "example/app:1"}]},
        "status": {
            "phase": "Running",
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
        },
    }


def budget(name: str, **spec: Any) -> Object:
    spec.setdefault("selector", {"matchLabels": {"app": "web"}})
    return {"metadata": {"name": name, "namespace": "payments"}, "spec": spec}


def config(name: str, **meta: Any) -> Object:
    return {"metadata": {"name": name, "namespace": "payments", **meta}, "data": {"a": "1"}}


def engine(name: str = "run-1", **spec: Any) -> Object:
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "ChaosEngine",
        "metadata": {"name": name},
        "spec": {"engineState": "active", **spec},
    }


def probe(**fields: Any) -> Object:
    """A valid httpProbe, for `engine(experiments=...)`."""
    return {
        "name": "health",
        "type": "httpProbe",
        "mode": "Continuous",
        "httpProbe/inputs": {
            "url": "http://payments-api/healthz",
            "method": {"get": {"criteria": "==", "responseCode": "200"}},
        },
        "runProperties": {"probeTimeout": "5s", "interval": "1s"},
        **fields,
    }


def owner(obj: Object, **more: Any) -> Object:
    return {
        "apiVersion": obj["apiVersion"],
        "kind": obj["kind"],
        "name": obj["metadata"]["name"],
        "uid": obj["metadata"]["uid"],
        **more,
    }


def refused(act: Callable[[], Any]) -> ApiException:
    """The refusal that the act meets."""
    with pytest.raises(ApiException) as caught:
        act()
    refusal: ApiException = caught.value
    return refusal

"""Objects that have our names or some of our labels, and are not ours: nobody of ours may take them away.

Drawn from a stream of its own, so that nothing else of a seed is another for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from chaos.adapters.litmus_manifests import INSTALLATION, RUN, label_value
from chaos.faults.pod_network_partition import POD_NAME
from tests.simulation.on_the_api.kube import Json, Kube
from tests.simulation.on_the_api.shown import CHAOS, OF_LITMUS
from tests.simulation.scenario import RUN as OURS

OFTEN = 0.2
"""In how many schedules there are any."""
NAME = f"gd-{OURS[:8]}-0"
"""That of our run's first engine."""
NAME_TAKEN = 0.25
"""How often somebody else has it before us: then our run cannot start."""


def put(seed: int, kube: Kube) -> None:
    """In some schedules each of them, from the beginning or from some time on."""
    draw = Random(f"{seed}/look-alikes")
    if draw.random() >= OFTEN:
        return
    first = 0.0 if draw.random() < NAME_TAKEN else draw.uniform(30.0, 120.0)
    kube.kernel.at(first, lambda: _add(kube, "chaosengines", _engine(NAME, {})))
    copied = {RUN: label_value(OURS), INSTALLATION: "copied"}
    kube.kernel.at(draw.uniform(0.0, 60.0), lambda: _add(kube, "chaosengines", _engine("copied", copied)))
    for policy in (
        _policy(f"{NAME}-np-theirs", {}, {POD_NAME: "api-0"}),
        _policy("checkout-np-x", {**OF_LITMUS, "chaosUID": "theirs"}, {POD_NAME: "api-0", "tier": "edge"}),
    ):
        _add(kube, "networkpolicies", policy)
    _add(kube, "pods", _pod(f"{NAME}-debug"))


def _add(kube: Kube, plural: str, obj: Json) -> None:
    meta = obj["metadata"]
    if plural == "chaosengines" and any(one.name == meta["name"] for one in kube.engines.values()):
        return  # the name is taken, by us
    kube.kernel.met["a look-alike beside ours"] += 1
    kube.look_alikes.setdefault(plural, []).append(obj)
    kube.say(f"{meta['name']} ({meta['uid']}) is there, and not ours")


def _meta(name: str, namespace: str, labels: Mapping[str, str]) -> Json:
    return {
        "name": name,
        "namespace": namespace,
        "uid": f"not-ours-{name}",
        "labels": dict(labels),
        "resourceVersion": "1",
    }


def _engine(name: str, labels: Mapping[str, str]) -> Json:
    """One that was stopped long ago."""
    spec = {"engineState": "stop", "experiments": [{"name": "pod-delete"}]}
    status = {"engineStatus": "stopped", "experiments": None}
    return {"metadata": _meta(name, CHAOS, labels), "spec": spec, "status": status}


def _policy(name: str, labels: Mapping[str, str], selected: Mapping[str, str]) -> Json:
    spec = {"podSelector": {"matchLabels": dict(selected)}, "policyTypes": ["Egress"]}
    return {"metadata": _meta(name, "payments", labels), "spec": spec}


def _pod(name: str) -> Json:
    """With the label of the application and none of ours."""
    spec = {"nodeName": "node-5"}
    return {"metadata": _meta(name, CHAOS, {"app": "api"}), "spec": spec, "status": {"phase": "Running"}}

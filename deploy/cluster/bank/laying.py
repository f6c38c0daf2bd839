"""The bank's objects on a real API server. Laid again, what is missing is added and replicas are set back."""

import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml

from deploy.cluster.bank.wire import Wire, path_of
from deploy.local.paths import ROOT
from deploy.rehearsal.api.crds import definitions
from deploy.rehearsal.platform import bank, manifests
from deploy.rehearsal.platform.facts import SHUTDOWN, STARTUP
from deploy.rehearsal.platform.scheduler import ZONAL_VOLUME, ZONE
from deploy.rehearsal.store import (
    CUSTOM_RESOURCE_DEFINITIONS,
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    SERVICE_ACCOUNTS,
    STATEFUL_SETS,
    ApiError,
    Kind,
    Object,
)
from deploy.rehearsal.store.objects import dig, name_of, namespace_of, timestamp, utc_now

CLASSES = Kind("storage.k8s.io", "v1", "storageclasses", "StorageClass", namespaced=False)
VOLUMES = Kind("", "v1", "persistentvolumes", "PersistentVolume", namespaced=False)
ZONAL = "rehearsal-zonal"
SIZE = "1Gi"
BROKERS = 3
SERVED_WITHIN = 30.0  # seconds
PLAYED_BY_KWOK = {"kwok.x-k8s.io/node": "fake"}
GAMEDAY = ROOT / "deploy" / "litmus" / "accounts" / "gameday.yaml"


def lay(wire: Wire, *, stand_in: bool, times_faster: float = 1.0) -> None:
    """Create it all. With `stand_in`, Litmus' definitions and the stand-in's Deployment too.

    What is laid gets ready, and ends, so many times faster than on the rehearsal cluster.

    Raises ApiError where something is refused, 504 where Litmus' kinds are not served in time.
    """
    for name in bank.NAMES:
        _ensure(wire, NAMESPACES, manifests.namespace(name))
    for node in bank.nodes(timestamp(utc_now())):
        node["metadata"]["annotations"] = PLAYED_BY_KWOK
        _ensure(wire, NODES, node)
    if stand_in:
        _define(wire)
        _ensure(wire, SERVICE_ACCOUNTS, {"metadata": {"name": "litmus", "namespace": "litmus"}})
    for path, account in _accounts():
        _ensure_at(wire, path, account)
    _ensure(wire, CLASSES, _zonal_class())
    for number, zone in enumerate(list(dict.fromkeys(bank.ZONES))[:BROKERS]):
        _ensure_disk(wire, _disk(number, zone))
    for kind, obj in bank.workloads():
        if stand_in or name_of(obj) != bank.OPERATOR:
            _ensure(wire, kind, _with_disks(kind, _hurried(obj, times_faster)))


def _ensure(wire: Wire, kind: Kind, obj: Object) -> None:
    body = {"apiVersion": kind.api_version, "kind": kind.kind, **obj}
    namespace = namespace_of(obj)
    if not _ensure_at(wire, path_of(kind, namespace), body) and kind in (DEPLOYMENTS, STATEFUL_SETS):
        replicas = {"spec": {"replicas": obj["spec"]["replicas"]}}
        wire.ask("PATCH", path_of(kind, namespace, name_of(obj)), replicas, "merge-patch+json")


def _ensure_at(wire: Wire, path: str, body: Object) -> bool:
    """False where it was there before."""
    try:
        wire.ask("POST", path, body)
    except ApiError as refused:
        if refused.code != 409:
            raise
        return False
    return True


def _define(wire: Wire) -> None:
    """Litmus' three kinds. Established is not enough: for a second more they answer 404."""
    for crd in definitions():
        _ensure(wire, CUSTOM_RESOURCE_DEFINITIONS, crd)
    deadline = time.monotonic() + SERVED_WITHIN
    for crd in definitions():
        path = f"/apis/{crd['spec']['group']}/v1alpha1/{crd['spec']['names']['plural']}?limit=1"
        while not _is_served(wire, path):
            if time.monotonic() > deadline:
                raise ApiError(504, "Timeout", f"{name_of(crd)} is not served")
            time.sleep(0.1)


def _is_served(wire: Wire, path: str) -> bool:
    try:
        wire.ask("GET", path)
    except ApiError as refused:
        if refused.code != 404:
            raise
        return False
    return True


def _accounts() -> Iterator[tuple[str, dict[str, Any]]]:
    """Gameday's own account with its roles; those of the faults come with `manage.py litmus install`."""
    for found in filter(None, yaml.safe_load_all(GAMEDAY.read_text("utf-8"))):
        group, _, version = found["apiVersion"].rpartition("/")
        plural = f"{found['kind'].lower()}s"
        namespace = found["metadata"].get("namespace", "")
        yield (
            path_of(Kind(group, version, plural, found["kind"], namespaced=bool(namespace)), namespace),
            found,
        )


def _hurried(obj: Object, times_faster: float) -> Object:
    whole = deepcopy(obj)
    annotations = dig(whole, "spec", "template", "metadata", "annotations") or {}
    for name in (STARTUP, SHUTDOWN):
        if name in annotations:
            annotations[name] = f"{float(annotations[name]) / times_faster:g}"
    return whole


def _zonal_class() -> Object:
    return {
        "metadata": {"name": ZONAL},
        "provisioner": "kubernetes.io/no-provisioner",
        "volumeBindingMode": "Immediate",
    }


def _disk(number: int, zone: str) -> Object:
    """A broker's disk: it stays in its zone, and so does the broker."""
    here = {"key": ZONE, "operator": "In", "values": [zone]}
    return {
        "metadata": {"name": f"kafka-{number}"},
        "spec": {
            "capacity": {"storage": SIZE},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": ZONAL,
            "local": {"path": "/var/lib/kafka"},
            "claimRef": {"namespace": "kafka", "name": f"data-kafka-{number}"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}},
        },
    }


def _ensure_disk(wire: Wire, disk: Object) -> None:
    """One whose claim has gone with its namespace waits for a new claim."""
    _ensure(wire, VOLUMES, disk)
    path = path_of(VOLUMES, name=name_of(disk))
    if wire.ask("GET", path)["status"].get("phase") == "Released":
        claim = {"uid": None, "resourceVersion": None}
        wire.ask("PATCH", path, {"spec": {"claimRef": claim}}, "merge-patch+json")


def _with_disks(kind: Kind, obj: Object) -> Object:
    """The annotation that makes the rehearsal keep a broker in its zone becomes a claim for a disk there."""
    template = obj["spec"].get("template") or {}
    if kind != STATEFUL_SETS or ZONAL_VOLUME not in template["metadata"]["annotations"]:
        return obj
    whole = deepcopy(obj)
    claim: Object = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": ZONAL,
        "resources": {"requests": {"storage": SIZE}},
    }
    whole["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": claim}]
    container = whole["spec"]["template"]["spec"]["containers"][0]
    container["volumeMounts"] = [{"name": "data", "mountPath": "/var/lib/kafka"}]
    return whole

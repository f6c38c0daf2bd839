"""What stands in each column of `kubectl get`, by kind: (title, cell[, only with -o wide])."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from deploy.rehearsal.store import (
    BUDGETS,
    CUSTOM_RESOURCE_DEFINITIONS,
    DAEMON_SETS,
    DEPLOYMENTS,
    EVENTS,
    JOBS,
    LEASES,
    NAMESPACES,
    NODES,
    PODS,
    REPLICA_SETS,
    SERVICES,
    STATEFUL_SETS,
    Kind,
    Object,
)
from deploy.rehearsal.store.objects import dig, is_going

Cell = Callable[[Object], Any]
ColumnSpec = tuple[str, Cell] | tuple[str, Cell, bool]


def _at(*path: str, default: Any = "<none>") -> Cell:
    def cell(obj: Object) -> Any:
        value = dig(obj, *path)
        return default if value is None or value == "" else value

    return cell


def age(moment: Any) -> str:
    """How long ago a timestamp was, as kubectl puts it: 45s, 3m, 2h, 5d."""
    if not moment:
        return "<unknown>"
    text = str(moment).replace("Z", "+00:00")
    seconds = max(0, int((datetime.now(UTC) - datetime.fromisoformat(text)).total_seconds()))
    for size, unit, most in ((1, "s", 120), (60, "m", 180 * 60), (3600, "h", 48 * 3600)):
        if seconds < most:
            return f"{seconds // size}{unit}"
    return f"{seconds // 86400}d"


def _age(obj: Object) -> str:
    return age(obj["metadata"].get("creationTimestamp"))


def _ready_containers(pod: Object) -> str:
    states = dig(pod, "status", "containerStatuses") or []
    return f"{sum(1 for one in states if one.get('ready'))}/{len(dig(pod, 'spec', 'containers') or [])}"


def _pod_status(pod: Object) -> str:
    if is_going(pod):
        return "Terminating"
    for one in dig(pod, "status", "containerStatuses") or []:
        reason = dig(one, "state", "waiting", "reason") or dig(one, "state", "terminated", "reason")
        if reason:
            return str(reason)
    return str(dig(pod, "status", "reason") or dig(pod, "status", "phase") or "Unknown")


def _restarts(pod: Object) -> int:
    return sum(one.get("restartCount", 0) for one in dig(pod, "status", "containerStatuses") or [])


def _node_status(node: Object) -> str:
    conditions = {one["type"]: one["status"] for one in dig(node, "status", "conditions") or []}
    ready = {"True": "Ready", "False": "NotReady"}.get(conditions.get("Ready", ""), "Unknown")
    return ready + (",SchedulingDisabled" if dig(node, "spec", "unschedulable") else "")


def _roles(node: Object) -> str:
    prefix = "node-role.kubernetes.io/"
    labels = node["metadata"].get("labels") or {}
    return ",".join(sorted(key[len(prefix) :] for key in labels if key.startswith(prefix))) or "<none>"


def _zone(node: Object) -> str:
    return str((node["metadata"].get("labels") or {}).get("topology.kubernetes.io/zone", "<none>"))


def _replicas(obj: Object) -> str:
    return f"{dig(obj, 'status', 'readyReplicas') or 0}/{dig(obj, 'spec', 'replicas') or 0}"


def _ports(service: Object) -> str:
    ports = dig(service, "spec", "ports") or []
    return ",".join(f"{one.get('port')}/{one.get('protocol', 'TCP')}" for one in ports) or "<none>"


def _job_status(job: Object) -> str:
    true = {one["type"] for one in dig(job, "status", "conditions") or [] if one.get("status") == "True"}
    return next((name for name in ("Failed", "Complete", "Suspended") if name in true), "Running")


def _completions(job: Object) -> str:
    return f"{dig(job, 'status', 'succeeded') or 0}/{dig(job, 'spec', 'completions') or 1}"


def _about(event: Object) -> str:
    about = event.get("involvedObject") or {}
    return f"{str(about.get('kind', '')).lower()}/{about.get('name', '')}"


_AGE: ColumnSpec = ("Age", _age)
PLAIN: tuple[ColumnSpec, ...] = (_AGE,)
COLUMNS: dict[Kind, tuple[ColumnSpec, ...]] = {
    PODS: (
        ("Ready", _ready_containers),
        ("Status", _pod_status),
        ("Restarts", _restarts),
        _AGE,
        ("IP", _at("status", "podIP"), True),
        ("Node", _at("spec", "nodeName"), True),
    ),
    NODES: (
        ("Status", _node_status),
        ("Roles", _roles),
        _AGE,
        ("Version", _at("status", "nodeInfo", "kubeletVersion")),
        ("Zone", _zone, True),
    ),
    NAMESPACES: (("Status", _at("status", "phase")), _AGE),
    DEPLOYMENTS: (
        ("Ready", _replicas),
        ("Up-to-date", _at("status", "updatedReplicas", default=0)),
        ("Available", _at("status", "availableReplicas", default=0)),
        _AGE,
    ),
    REPLICA_SETS: (
        ("Desired", _at("spec", "replicas", default=0)),
        ("Current", _at("status", "replicas", default=0)),
        ("Ready", _at("status", "readyReplicas", default=0)),
        _AGE,
    ),
    STATEFUL_SETS: (("Ready", _replicas), _AGE),
    DAEMON_SETS: (
        ("Desired", _at("status", "desiredNumberScheduled", default=0)),
        ("Ready", _at("status", "numberReady", default=0)),
        _AGE,
    ),
    JOBS: (("Status", _job_status), ("Completions", _completions), _AGE),
    SERVICES: (
        ("Type", _at("spec", "type")),
        ("Cluster-IP", _at("spec", "clusterIP")),
        ("Ports", _ports),
        _AGE,
    ),
    BUDGETS: (
        ("Min Available", _at("spec", "minAvailable", default="N/A")),
        ("Max Unavailable", _at("spec", "maxUnavailable", default="N/A")),
        ("Allowed Disruptions", _at("status", "disruptionsAllowed", default=0)),
        _AGE,
    ),
    LEASES: (("Holder", _at("spec", "holderIdentity")), _AGE),
    CUSTOM_RESOURCE_DEFINITIONS: (("Created At", _at("metadata", "creationTimestamp")),),
    EVENTS: (
        ("Last Seen", lambda event: age(event.get("lastTimestamp") or event.get("eventTime"))),
        ("Type", _at("type")),
        ("Reason", _at("reason")),
        ("Object", _about),
        ("Message", _at("message")),
    ),
}

"""Builders for the objects that the practice platform is made of."""

from collections.abc import Sequence

from deploy.rehearsal.platform.facts import SHUTDOWN, STARTUP
from deploy.rehearsal.platform.scheduler import ZONE
from deploy.rehearsal.store import Object

LIMITS = {"memory": "512Mi", "ephemeral-storage": "1Gi"}


def namespace(name: str) -> Object:
    return {"metadata": {"name": name}}


def node_conditions(now: str) -> list[Object]:
    """Of a node that is well."""
    conditions = [
        {"type": "MemoryPressure", "status": "False", "reason": "KubeletHasSufficientMemory"},
        {"type": "DiskPressure", "status": "False", "reason": "KubeletHasNoDiskPressure"},
        {"type": "PIDPressure", "status": "False", "reason": "KubeletHasSufficientPID"},
        {"type": "Ready", "status": "True", "reason": "KubeletReady"},
    ]
    return [{**one, "lastHeartbeatTime": now, "lastTransitionTime": now} for one in conditions]


def node(name: str, zone: str, now: str) -> Object:
    size = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "50Gi", "pods": "110"}
    return {
        "metadata": {
            "name": name,
            "labels": {
                ZONE: zone,
                "topology.kubernetes.io/region": "eu-1",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "node-role.kubernetes.io/worker": "",
            },
        },
        "spec": {"podCIDR": "10.244.0.0/16"},
        "status": {
            "capacity": size,
            "allocatable": size,
            "addresses": [
                {"type": "InternalIP", "address": f"10.0.0.{int(name.rsplit('-', 1)[1])}"},
                {"type": "Hostname", "address": name},
            ],
            "conditions": node_conditions(now),
            "nodeInfo": {
                **dict.fromkeys(("bootID", "machineID", "systemUUID"), f"rehearsal-{name}"),
                "kubeletVersion": "v1.36.2",
                "kubeProxyVersion": "",
                "osImage": "Rehearsal Linux",
                "kernelVersion": "6.1.0",
                "containerRuntimeVersion": "containerd://2.0.0",
                "operatingSystem": "linux",
                "architecture": "amd64",
            },
        },
    }


def pod_template(
    app: str,
    image: str,
    *,
    startup: float,
    shutdown: float,
    port: int = 8080,
    account: str = "default",
    cpu: int = 0,
) -> Object:
    """Times in seconds: from running to ready, and from SIGTERM to the end. `cpu`: cores asked for; an
    application that asks for some has limits, too."""
    container = {
        "name": app,
        "image": image,
        "ports": [{"containerPort": port, "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": port}, "periodSeconds": 1},
    }
    if cpu:
        container["resources"] = {"requests": {"cpu": str(cpu)}, "limits": {"cpu": str(cpu), **LIMITS}}
    return {
        "metadata": {
            "labels": {"app": app},
            "annotations": {STARTUP: f"{startup:g}", SHUTDOWN: f"{shutdown:g}"},
        },
        "spec": {"serviceAccountName": account, "containers": [container]},
    }


def rather_in(zones: Sequence[str]) -> Object:
    """Affinity of pods that go to these zones as long as they can, and to others when they cannot."""
    here = {"key": ZONE, "operator": "In", "values": list(zones)}
    wish = {"weight": 100, "preference": {"matchExpressions": [here]}}
    return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}}


def workload(name: str, namespace: str, replicas: int, template: Object, **spec: object) -> Object:
    """A Deployment or StatefulSet: they are alike as far as the practice platform goes."""
    tags = template["metadata"]["labels"]
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": tags},
        "spec": {"replicas": replicas, "selector": {"matchLabels": tags}, "template": template, **spec},
    }


def service(app: str, namespace: str, port: int = 8080) -> Object:
    spec = {"selector": {"app": app}, "ports": [{"name": "http", "port": port}]}
    return {"metadata": {"name": app, "namespace": namespace, "labels": {"app": app}}, "spec": spec}


def budget(app: str, namespace: str, min_available: int) -> Object:
    spec = {"minAvailable": min_available, "selector": {"matchLabels": {"app": app}}}
    return {"metadata": {"name": app, "namespace": namespace}, "spec": spec}


def rule(groups: str, resources: str, verbs: str) -> Object:
    """One RBAC rule from space-separated lists; the core group is written as `core`."""
    named = ["" if group == "core" else group for group in groups.split()]
    return {"apiGroups": named, "resources": resources.split(), "verbs": verbs.split()}


def role(name: str, rules: Sequence[Object], namespace: str = "") -> Object:
    meta = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {"metadata": meta, "rules": list(rules)}


def binding(name: str, kind: str, subject: str, home: str, namespace: str = "") -> Object:
    """Bind the Role or ClusterRole of that name to the service account `subject` of namespace `home`."""
    meta = {"name": name} | ({"namespace": namespace} if namespace else {})
    return {
        "metadata": meta,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": subject, "namespace": home}],
    }

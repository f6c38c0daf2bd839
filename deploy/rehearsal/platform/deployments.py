"""The Deployment controller: one ReplicaSet a template, the newest one growing as it gets ready."""

import hashlib
import json

from deploy.rehearsal.platform.facts import condition, labels, owned, owner_reference
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import DEPLOYMENTS, REPLICA_SETS, Cluster, Object
from deploy.rehearsal.store.objects import dig, is_going, name_of, namespace_of, timestamp

HASH = "pod-template-hash"


class Deployments:
    def __init__(self, store: Cluster) -> None:
        self._store = store
        self._recorder = Recorder(store, "deployment-controller")

    def tick(self, now: float) -> None:
        for deployment in list(self._store.view(DEPLOYMENTS)):
            if not is_going(deployment):
                self._reconcile(deployment)

    def _reconcile(self, deployment: Object) -> None:
        namespace, wanted = namespace_of(deployment), int(deployment["spec"]["replicas"])
        sets = owned(self._store.view(REPLICA_SETS, namespace), deployment)
        digest = template_hash(deployment["spec"]["template"])
        current = next((one for one in sets if labels(one).get(HASH) == digest), None)
        if current is None:
            current = self._create(deployment, digest)
        self._scale(deployment, current, wanted)
        ready_new = int(dig(current, "status", "readyReplicas") or 0)
        older = [one for one in sets if labels(one).get(HASH) != digest]
        for one in older:
            keep = min(int(one["spec"]["replicas"]), max(0, wanted - ready_new))
            self._scale(deployment, one, keep)
        self._report(deployment, current, older)

    def _create(self, deployment: Object, digest: str) -> Object:
        template = deployment["spec"]["template"]
        tagged = {**(template["metadata"].get("labels") or {}), HASH: digest}
        selector = {
            "matchLabels": {**(dig(deployment, "spec", "selector", "matchLabels") or {}), HASH: digest}
        }
        meta = {
            "name": f"{name_of(deployment)}-{digest}",
            "namespace": namespace_of(deployment),
            "labels": tagged,
            "ownerReferences": [owner_reference(DEPLOYMENTS, deployment)],
        }
        pods = {"metadata": {**template["metadata"], "labels": tagged}, "spec": template["spec"]}
        spec = {"replicas": 0, "selector": selector, "template": pods}
        return self._store.create(REPLICA_SETS, {"metadata": meta, "spec": spec})

    def _scale(self, deployment: Object, replica_set: Object, wanted: int) -> None:
        before, name = int(replica_set["spec"]["replicas"]), name_of(replica_set)
        if before == wanted:
            return
        self._store.patch(REPLICA_SETS, name, {"spec": {"replicas": wanted}}, namespace_of(replica_set))
        way = "up" if wanted > before else "down"
        message = f"Scaled {way} replica set {name} from {before} to {wanted}"
        self._recorder.record(deployment, "ScalingReplicaSet", message)

    def _report(self, deployment: Object, current: Object, older: list[Object]) -> None:
        wanted = int(deployment["spec"]["replicas"])
        ready = sum(int(dig(one, "status", "readyReplicas") or 0) for one in (current, *older))
        total = sum(int(dig(one, "status", "replicas") or 0) for one in (current, *older))
        enough = ready >= wanted - wanted // 4  # maxUnavailable 25 %, rounded down
        status = {
            "observedGeneration": deployment["metadata"]["generation"],
            "replicas": total,
            "updatedReplicas": int(dig(current, "status", "replicas") or 0),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(0, wanted - ready) or None,
            "conditions": [self._available(deployment, enough)],
        }
        set_status(self._store, DEPLOYMENTS, deployment, status)

    def _available(self, deployment: Object, enough: bool) -> dict[str, str]:
        reason = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
        for known in dig(deployment, "status", "conditions") or []:
            if known["reason"] == reason:
                return dict(known)
        message = f"Deployment {'has' if enough else 'does not have'} minimum availability."
        return condition("Available", enough, timestamp(self._store.now()), reason, message)


def template_hash(template: Object) -> str:
    """The same for the same template, ten letters and digits, as pod names carry it."""
    text = json.dumps(template, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]

"""The ReplicaSet controller: as many active pods as wanted, no matter why one is missing."""

from deploy.rehearsal.platform.facts import is_active, is_ready, owned, owner_reference, pod_from_template
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import PODS, REPLICA_SETS, Cluster, Object
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of


class ReplicaSets:
    def __init__(self, store: Cluster) -> None:
        self._store = store
        self._recorder = Recorder(store, "replicaset-controller")

    def tick(self, now: float) -> None:
        for replica_set in list(self._store.view(REPLICA_SETS)):
            if not is_going(replica_set):
                self._reconcile(replica_set)

    def _reconcile(self, replica_set: Object) -> None:
        namespace = namespace_of(replica_set)
        pods = [pod for pod in owned(self._store.view(PODS, namespace), replica_set) if is_active(pod)]
        wanted = int(replica_set["spec"]["replicas"])
        for _ in range(wanted - len(pods)):
            pods.append(self._create(replica_set))
        for pod in sorted(pods, key=is_ready)[: max(0, len(pods) - wanted)]:
            self._store.delete(PODS, name_of(pod), namespace)
            self._recorder.record(replica_set, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        ready = sum(is_ready(pod) for pod in pods)
        status = {
            "replicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "fullyLabeledReplicas": len(pods),
            "observedGeneration": replica_set["metadata"]["generation"],
        }
        set_status(self._store, REPLICA_SETS, replica_set, status)

    def _create(self, replica_set: Object) -> Object:
        owner = owner_reference(REPLICA_SETS, replica_set)
        name, namespace = f"{name_of(replica_set)}-", namespace_of(replica_set)
        pod = self._store.create(
            PODS, pod_from_template(replica_set["spec"]["template"], name, namespace, owner)
        )
        self._recorder.record(replica_set, "SuccessfulCreate", f"Created pod: {name_of(pod)}")
        return pod

"""The StatefulSet controller: pods with fixed names, back under the same name once the old is gone."""

from deploy.rehearsal.platform.facts import (
    is_active,
    is_ready,
    owned,
    owner_reference,
    phase,
    pod_from_template,
)
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.writing import set_status
from deploy.rehearsal.store import PODS, STATEFUL_SETS, Cluster, Object
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of


class StatefulSets:
    def __init__(self, store: Cluster) -> None:
        self._store = store
        self._recorder = Recorder(store, "statefulset-controller")

    def tick(self, now: float) -> None:
        for stateful_set in list(self._store.view(STATEFUL_SETS)):
            if not is_going(stateful_set):
                self._reconcile(stateful_set)

    def _reconcile(self, stateful_set: Object) -> None:
        namespace, wanted = namespace_of(stateful_set), int(stateful_set["spec"]["replicas"])
        pods = {name_of(pod): pod for pod in owned(self._store.view(PODS, namespace), stateful_set)}
        in_order = stateful_set["spec"]["podManagementPolicy"] == "OrderedReady"
        for name, pod in list(pods.items()):
            if phase(pod) in ("Succeeded", "Failed") and not is_going(pod):
                self._store.delete(PODS, name, namespace)  # its name is needed again
                del pods[name]
        for ordinal in range(wanted):
            name = f"{name_of(stateful_set)}-{ordinal}"
            if name not in pods:
                pods[name] = self._create(stateful_set, name)
            if in_order and not is_ready(pods[name]):
                break
        for name, pod in pods.items():
            if int(name.rsplit("-", 1)[1]) >= wanted and is_active(pod):
                self._store.delete(PODS, name, namespace)
        self._report(stateful_set, list(pods.values()))

    def _create(self, stateful_set: Object, name: str) -> Object:
        owner = owner_reference(STATEFUL_SETS, stateful_set)
        template, namespace = stateful_set["spec"]["template"], namespace_of(stateful_set)
        pod = pod_from_template(template, name, namespace, owner)
        pod["metadata"]["labels"] = {
            **(pod["metadata"].get("labels") or {}),
            "statefulset.kubernetes.io/pod-name": name,
        }
        message = f"create Pod {name} in StatefulSet {name_of(stateful_set)} successful"
        created = self._store.create(PODS, pod)
        self._recorder.record(stateful_set, "SuccessfulCreate", message)
        return created

    def _report(self, stateful_set: Object, pods: list[Object]) -> None:
        active = [pod for pod in pods if is_active(pod)]
        ready = sum(is_ready(pod) for pod in active)
        status = {
            "observedGeneration": stateful_set["metadata"]["generation"],
            "replicas": len(active),
            "currentReplicas": len(active),
            "updatedReplicas": len(active),
            "readyReplicas": ready,
            "availableReplicas": ready,
        }
        set_status(self._store, STATEFUL_SETS, stateful_set, status)

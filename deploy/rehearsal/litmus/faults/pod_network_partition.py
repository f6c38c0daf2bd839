"""pod-network-partition: a NetworkPolicy in the target's namespace.

It selects by the engine's label: all pods with it are cut off, whatever TARGET_PODS says.
"""

import json

from deploy.rehearsal.litmus.experiment import Chaos, Waits
from deploy.rehearsal.litmus.faults.on_api import OnApi, workload_of
from deploy.rehearsal.litmus.labels import uid_label
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.litmus.targets import NoTarget
from deploy.rehearsal.store import NETWORK_POLICIES, PODS, Object
from deploy.rehearsal.store.objects import name_of, suffix

ALL = "0.0.0.0/0"


class PodNetworkPartition(OnApi):
    name = "pod-network-partition"

    def __init__(self) -> None:
        super().__init__()
        self._policy, self._namespace = "", ""

    def look(self, chaos: Chaos) -> None:
        target = workload_of(chaos)
        if not any(target.matches(pod) for pod in chaos.store.view(PODS)):
            raise NoTarget

    def inject(self, chaos: Chaos) -> Waits:
        target = workload_of(chaos)
        pods = [name_of(pod) for pod in chaos.store.view(PODS) if target.matches(pod)]
        chaos.say("ChaosInject", f"Injecting {self.name} chaos on application pod")
        self._policy, self._namespace = f"{self.name}-np-{suffix()}", target.namespace
        self.touched = [("pod", name) for name in pods]
        meta = {
            "name": self._policy,
            "namespace": target.namespace,
            "labels": {
                "name": self._policy,
                **uid_label(chaos.engine),
                "app.kubernetes.io/part-of": "litmus",
            },
        }
        spec = spec_of(chaos.settings, target.filter[0])
        chaos.store.create(NETWORK_POLICIES, {"metadata": meta, "spec": spec})
        yield float(chaos.duration)
        self.undo(chaos)
        self.note(chaos, "reverted")

    def undo(self, chaos: Chaos) -> None:
        if self._policy and chaos.store.find(NETWORK_POLICIES, self._policy, self._namespace):
            chaos.store.delete(NETWORK_POLICIES, self._policy, self._namespace)


def spec_of(settings: Settings, label: str) -> Object:
    """As litmus-go writes it: ports and selectors are what stays *allowed*; only IPs are taken out."""
    key, _, value = label.partition("=")
    asked = settings.text("POLICY_TYPES", "all").lower()
    kinds = {"ingress": ["Ingress"], "egress": ["Egress"]}.get(asked, ["Egress", "Ingress"])
    spec: Object = {"podSelector": {"matchLabels": {key: value}}, "policyTypes": kinds}
    peers, ports = _peers(settings), _ports(settings.text("PORTS"))
    if peers or ports:
        for kind, side, ends in (("Ingress", "ingress", "from"), ("Egress", "egress", "to")):
            if kind in kinds and asked in ("all", side):
                spec[side] = [{ends: peers, "ports": ports}]
    return spec


def _peers(settings: Settings) -> list[Object]:
    peers: list[Object] = []
    for name, field in (("NAMESPACE_SELECTOR", "namespaceSelector"), ("POD_SELECTOR", "podSelector")):
        wanted = dict(one.partition("=")[::2] for one in settings.names(name))
        if wanted:
            peers.append({field: {"matchLabels": wanted}})
    nets = [one if "/" in one else f"{one}/32" for one in settings.names("DESTINATION_IPS")]
    if nets:
        peers.append({"ipBlock": {"cidr": ALL, "except": nets}})
    return peers


def _ports(text: str) -> list[Object]:
    """`tcp: [8080], udp: [53]`; what cannot be read counts as none."""
    ports: list[Object] = []
    for part in text.split("], "):
        protocol, _, numbers = part.partition(":")
        try:
            listed = json.loads(f"{numbers.strip().rstrip(']')}]") if numbers.strip() else []
        except ValueError:
            continue
        ports += [{"protocol": protocol.strip().upper(), "port": one} for one in listed]
    return ports

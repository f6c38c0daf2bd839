"""Faults that stop a node itself. All that can be seen of their end is that the node is ready again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chaos.domain.injection import InverseKind, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Part, with_env
from chaos.faults.on_nodes import PODS_BACK, NodeFault
from chaos.faults.rights import NODE_SERVICES


class _NodeDown(NodeFault):
    """Off by default: nothing outside the node tells whether the node is what it was before."""

    proof = (
        "All that can be seen is that the node is ready again, and that no helper is left. Whether the node "
        f"itself is as it was, nothing tells. {PODS_BACK}"
    )
    family = NODE_SERVICES
    is_provable = False

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        part = super().part(spec, targets)
        return replace(part, inverse=InverseKind.DELETE_ENGINE, sign=Sign.NODE_DOWN)


class KubeletServiceKill(_NodeDown):
    name = "kubelet-service-kill"
    title = "Stop the kubelet of a node"
    effect = (
        "The agent that runs the node's pods, its kubelet, is stopped. The pods go on, but within a minute "
        "the cluster takes the node for lost, and pods of Deployments on it are started elsewhere after "
        "five more. Those of StatefulSets are not."
    )
    risk = (
        "Stop cannot shorten it: the helper starts the kubelet again after its time, and if that helper is "
        "killed nobody does. Somebody with access to the node must then run `systemctl start kubelet`. A pod "
        "of a StatefulSet stays away until its node is back, since two of one name could write to one disk."
    )
    needs = (
        "a privileged helper pod on the node, with the node's root and its service manager's socket (pod "
        "security: privileged)",
        "nodes whose kubelet is a systemd service",
        "somebody who can log in to the node, for the whole of the run",
    )
    stops = (
        "It ends by itself after its duration. Stop removes the experiment, but no handler starts the "
        "kubelet before its time, and for the ten seconds before it is stopped none keeps it from that. What "
        "is deleted on a node without a kubelet stays until that is back."
    )
    lasts = (
        "How long the kubelet is kept stopped stands beside the parameters, as `duration`; the cluster's "
        "limits bound it. The helper on the node starts it again after that time; where the helper is gone, "
        "nobody does."
    )
    helper_image = "ubuntu:16.04"


class NodeRestart(_NodeDown):
    """What is run on the node is fixed here: Litmus would run any text there as root."""

    name = "node-restart"
    title = "Restart a node"
    effect = "The node is restarted by way of SSH; the pods on it start again with it, or elsewhere."
    risk = (
        "Nothing takes a restart back, and a node that does not come up again stays away. One that is over "
        "before the cluster notices, in about 40 s, is not seen at all and counts as not injected."
    )
    needs = (
        "a secret id-rsa in the chaos namespace, with a key that may log in to the node as root",
        "SSH from the chaos namespace to the node",
        "somebody who can reach the node's console, for the whole of the run",
    )
    stops = "Stop cannot shorten it: the node is away until it has started again."
    lasts = (
        "`duration`, beside the parameters, is how long the run goes on once the node was seen to be away. "
        "Neither it nor anybody ends a restart: the node is back when it has started again, or not at all."
    )
    secret = "id-rsa"  # noqa: S105 - the name of a secret, which Litmus mounts

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        return with_env(super().part(spec, targets), _RESTART)

    def env_rules(self) -> Mapping[str, str]:
        return {**super().env_rules(), **_RESTART}


_RESTART = {"SSH_USER": "root", "REBOOT_COMMAND": "systemctl reboot"}

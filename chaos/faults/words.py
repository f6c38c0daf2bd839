"""What the words on the faults' pages mean, for those who approve a fault and run no cluster."""

from __future__ import annotations

from collections.abc import Mapping

from chaos.faults.base import Risk

RISKS: Mapping[Risk, str] = {
    Risk.LOW: (
        "It is done once to named pods, and their own controllers put it right within the time that a pod "
        "takes to start. Nothing has to be undone."
    ),
    Risk.MEDIUM: (
        "It stays in named pods, or in one workload, until it is taken out again. Where it is not, Gameday "
        "replaces the pods or sets the number back. Others may notice it by sharing a node or a caller."
    ),
    Risk.HIGH: (
        "It goes beyond what is named: whatever runs on a node, of whatever team, suffers or moves; or a "
        "member of a cluster is cut off, and two may believe that they lead; or only a person can undo it."
    ),
}
"""What each risk class stands for."""

WORDS: Mapping[str, str] = {
    "node": "a machine of the cluster; pods of several teams run on it",
    "pod": "one running copy of an application",
    "container": "a program in a pod; most pods have one",
    "controller": "what keeps as many pods running as were asked for, and starts a new one where one is gone",
    "Deployment": "an application whose pods are alike: one that is lost is replaced on any node",
    "StatefulSet": (
        "an application whose pods have names and often disks of their own, such as a database or Kafka: one "
        "that is lost comes back under its name, where its disk is"
    ),
    "DaemonSet": "what runs one pod on each node, for logs or the network; it comes and goes with the node",
    "namespace": "a part of the cluster with a name, mostly that of one application or team",
    "label": "a mark on a pod or node, like app=payments-api, by which it is found",
    "kubelet": "the agent on a node that starts, checks and ends its pods; a node without it counts as lost",
    "health check": (
        "a question that the kubelet asks a pod: one that is not ready gets no requests, one that is not "
        "alive is restarted (Kubernetes says readiness and liveness probe)"
    ),
    "probe": "on these pages always a question of a scenario about the steady state, never a health check",
    "in its tolerance": "a probe's value is where the scenario's expectation says that it should be",
    "taint": "a mark on a node that keeps pods away from it, or drives them off",
    "toleration": "what a pod has that may stay on a node in spite of a taint",
    "cordon": "to have a node take no new pods; those on it stay",
    "drain": "to cordon a node and move the pods on it to others, as before its maintenance",
    "evict": "to end a pod on its node so that its controller starts it on another",
    "PodDisruptionBudget": (
        "how many pods of an application have to stay when some are moved; what would leave fewer is refused"
    ),
    "grace": "the time that a pod has to finish its work after it was told to end",
    "emptyDir": "storage of a pod that is lost with it",
    "MemoryPressure, DiskPressure": "a node says that it is short of memory or disk, and evicts pods for it",
    "NetworkPolicy": "a rule of the cluster's network on who may talk to whom",
    "HorizontalPodAutoscaler": "what changes an application's number of pods by itself, by its load",
    "LimitRange": "a namespace's rule on how much of a node one container may ask for or use",
    "helper": "a pod that Litmus starts on the target's node, which puts the fault in and takes it out again",
    "privileged": "allowed to do on its node what root may do there",
    "hostPID": "sees all processes of its node, not those of its own pod alone",
    "containerd": "the program on a node that runs its containers; helpers reach it by its socket",
    "experiment": "Litmus' program that carries a fault out and ends it",
}
"""In an order in which each is explained by those before it."""

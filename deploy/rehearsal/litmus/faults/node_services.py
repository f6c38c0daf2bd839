"""kubelet-service-kill and node-restart: a node that is away. A helper does it, and no signal ends it."""

from deploy.rehearsal.litmus import helper
from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.by_helper import PATIENCE, await_end, await_start
from deploy.rehearsal.litmus.faults.on_api import OnNode
from deploy.rehearsal.litmus.helper import KILLED, KILLED_AFTER, LOOK, Site
from deploy.rehearsal.platform.facts import is_ready
from deploy.rehearsal.platform.fitting import obstacle
from deploy.rehearsal.platform.policies import CUT
from deploy.rehearsal.platform.processes import Steps, Terminated
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import NODES, Object
from deploy.rehearsal.store.objects import name_of

BEFORE = 10.0  # seconds that the helper's shell sleeps before it stops the kubelet
LOGIN = 1.0  # seconds that SSH takes
BOOT = 60.0
"""Seconds that a machine needs to start again: long past those after which the cluster misses it."""


class NodeServices(OnNode):
    """litmus-go makes one helper and wants to see the node not ready. No handler undoes anything."""

    def inject(self, chaos: Chaos) -> Waits:
        self.found(chaos)
        chaos.say("ChaosInject", f"Injecting {self.name} chaos on {self.node} node")
        made = [self.make(chaos)]
        yield from await_start(chaos, made)
        chaos.results.note("node", self.node, "targeted")
        yield from self._await_not_ready(chaos)
        yield from await_end(chaos, made)

    def make(self, chaos: Chaos) -> Object:
        """The helper."""
        raise NotImplementedError(f"{self.name} makes no helper")

    def serve(self, site: Site) -> Steps:
        """The helper's program."""
        raise NotImplementedError(f"{self.name} has no helper")

    def undo(self, chaos: Chaos) -> None:
        """Nothing: who stopped the node is its helper, and it alone starts it."""

    def revert(self, chaos: Chaos) -> Waits:
        yield from ()

    def _await_not_ready(self, chaos: Chaos) -> Waits:
        for _ in range(PATIENCE // 2):
            node = chaos.store.find(NODES, self.node)
            if node is not None and not is_ready(node):
                return
            yield 2.0
        raise Failed("STATUS_CHECKS_ERROR", f"node {self.node} is still in ready state")


class KubeletServiceKill(NodeServices):
    """`sleep 10 && systemctl stop kubelet && sleep … && systemctl start kubelet`, in a shell on the node."""

    name = "kubelet-service-kill"

    def make(self, chaos: Chaos) -> Object:
        return helper.create(chaos, self.name, self.node, self.node)

    def serve(self, site: Site) -> Steps:
        """Once it is killed, nobody starts the kubelet."""
        effects = site.troubles.node_effects[site.settings.text("TARGETS")]
        yield from _deaf(BEFORE)
        effects[site.cause] = Effect(is_down=True)
        held = 0.0
        for wait in _deaf(float(site.settings.integer("TOTAL_CHAOS_DURATION", "90"))):
            yield wait
            held += wait
            if site.troubles.helpers_killed and held >= KILLED_AFTER:
                return KILLED
        effects.pop(site.cause, None)
        yield LOOK
        return 0


class NodeRestart(NodeServices):
    """By SSH, from a pod on another node. Whatever the command, here the machine starts again."""

    name = "node-restart"

    def make(self, chaos: Chaos) -> Object:
        """Litmus keeps it off the target by an affinity; here it goes to the first node that takes it."""
        others = [one for one in chaos.store.view(NODES) if name_of(one) != self.node]
        fit = sorted(name_of(one) for one in others if not obstacle(one, {}))
        if not fit:
            raise Failed("STATUS_CHECKS_ERROR", "helper pods are not in running state")
        return helper.create(chaos, self.name, fit[0], self.node, privileged=False)

    def serve(self, site: Site) -> Steps:
        yield LOGIN
        off = Effect(is_down=True, boots_for=BOOT, answers=CUT, fraud=CUT, ledger=CUT)
        site.troubles.node_effects[site.settings.text("TARGETS")][site.cause] = off
        yield KILLED_AFTER
        return KILLED if site.troubles.helpers_killed else 0


def _deaf(seconds: float) -> Waits:
    """Sleep in small steps, whoever asks to end: a shell that is the first process of its container has no
    handler for SIGTERM, so that it never gets one."""
    for _ in range(round(seconds / LOOK)):
        try:
            yield LOOK
        except Terminated:
            continue

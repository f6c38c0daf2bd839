"""The node-stress family: an ordinary pod on the node that keeps it busy. It dies with that pod."""

from deploy.rehearsal.litmus import helper
from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.by_helper import await_helpers
from deploy.rehearsal.litmus.faults.disk_fill import NODE_DISK
from deploy.rehearsal.litmus.helper import KILLED, KILLED_AFTER, Site, wait_looking
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.litmus.targets import NoTarget, affected
from deploy.rehearsal.platform.processes import Steps
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import NODES
from deploy.rehearsal.store.objects import name_of

CORES = 8.0
MEMORY = 32 * 1024.0  # mebibytes of a node
RECLAIMING, SHORT = 90, 95
"""Percent of a node's memory: from the one on it slows down, from the other on it is under pressure."""
FULL = 90
"""Percent of a node's disk, from which on it is under pressure: a kubelet wants a tenth of it free."""
GIGABYTE = 1e9


class NodeStress:
    """Every pod of the node gets slower; where memory or disk run out, the node says so."""

    name = ""
    reads_label = False

    def effect(self, settings: Settings) -> Effect:
        """On the node: the speed that is left for its pods, and the pressure that it is put under."""
        raise NotImplementedError

    def look(self, chaos: Chaos) -> None:
        if not _nodes(chaos):
            raise NoTarget

    def inject(self, chaos: Chaos) -> Waits:
        """TARGET_NODES wins; else a share of the labelled ones, at least one."""
        nodes, wanted = _nodes(chaos), chaos.settings.names("TARGET_NODES")
        if missing := [name for name in wanted if name not in nodes]:
            raise Failed("TARGET_SELECTION_ERROR", f"nodes not found: {', '.join(missing)}")
        share = chaos.settings.integer("NODES_AFFECTED_PERC")
        chosen = wanted or chaos.rng.sample(nodes, affected(len(nodes), share))
        chaos.say("ChaosInject", f"Injecting {self.name} chaos on {', '.join(chosen)} node")
        made = [helper.create(chaos, self.name, node, node, privileged=False) for node in chosen]
        yield from await_helpers(chaos, made)
        for node in chosen:
            chaos.results.note("node", node, "targeted")

    def revert(self, chaos: Chaos) -> Waits:
        """Nothing: the stressor ends with its pod."""
        yield from ()

    def stress(self, site: Site) -> Steps:
        """The program of the pod on the node. However it ends, nothing is left behind."""
        effects = site.troubles.node_effects[site.settings.text("TARGETS")]
        try:
            effects[site.cause] = self.effect(site.settings)
            held = 0.0
            for wait in wait_looking(float(site.settings.integer("TOTAL_CHAOS_DURATION", "60"))):
                yield wait
                held += wait
                if site.troubles.helpers_killed and held >= KILLED_AFTER:
                    return KILLED
        finally:
            effects.pop(site.cause, None)
        return 0


def _nodes(chaos: Chaos) -> list[str]:
    found = chaos.store.view(NODES, labels=chaos.settings.text("NODE_LABEL"))
    return [name_of(node) for node in found]


class NodeCpuHog(NodeStress):
    name = "node-cpu-hog"

    def effect(self, settings: Settings) -> Effect:
        cores = settings.integer("NODE_CPU_CORE") or CORES
        return Effect(speed=CORES / (CORES + cores * min(settings.integer("CPU_LOAD", "100"), 100) / 100))


class NodeMemoryHog(NodeStress):
    """Given both, the percentage counts; given neither, it is 30."""

    name = "node-memory-hog"

    def effect(self, settings: Settings) -> Effect:
        mebibytes = settings.integer("MEMORY_CONSUMPTION_MEBIBYTES")
        percent = settings.integer("MEMORY_CONSUMPTION_PERCENTAGE") or 100 * mebibytes / MEMORY or 30
        return Effect(
            speed=0.5 if percent >= RECLAIMING else 1.0, pressure="MemoryPressure" if percent >= SHORT else ""
        )


class NodeIoStress(NodeStress):
    """Given both, the percentage counts; given neither, it is 10."""

    name = "node-io-stress"

    def effect(self, settings: Settings) -> Effect:
        written = settings.integer("FILESYSTEM_UTILIZATION_BYTES") * GIGABYTE
        percent = settings.integer("FILESYSTEM_UTILIZATION_PERCENTAGE") or 100 * written / NODE_DISK or 10
        speed = 1 / (1 + settings.integer("NUMBER_OF_WORKERS", "4") / 8)
        return Effect(speed=speed, pressure="DiskPressure" if percent >= FULL else "")

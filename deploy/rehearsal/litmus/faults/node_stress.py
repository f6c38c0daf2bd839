"""The node-stress family: an ordinary pod on the node that keeps it busy. It dies with that pod."""

from collections.abc import Mapping

from deploy.rehearsal.litmus import helper
from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.by_helper import await_helpers
from deploy.rehearsal.litmus.helper import Site
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.litmus.targets import NoTarget, affected
from deploy.rehearsal.platform.processes import Steps
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import NODES
from deploy.rehearsal.store.objects import name_of

CORES = 8.0
CHART = {"TOTAL_CHAOS_DURATION": "60", "TARGET_NODES": "", "NODES_AFFECTED_PERC": "", "NODE_LABEL": ""}


class NodeStress:
    """Every pod of the node gets slower. Memory that runs short is not modelled beyond that."""

    name = ""
    chart: Mapping[str, str] = CHART
    reads_label = False

    def speed(self, settings: Settings) -> float:
        """What is left of the node for its pods: a share."""
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
            effects[site.cause] = Effect(speed=self.speed(site.settings))
            yield float(site.settings.integer("TOTAL_CHAOS_DURATION", "60"))
        finally:
            effects.pop(site.cause, None)
        return 0


def _nodes(chaos: Chaos) -> list[str]:
    found = chaos.store.view(NODES, labels=chaos.settings.text("NODE_LABEL"))
    return [name_of(node) for node in found]


class NodeCpuHog(NodeStress):
    name = "node-cpu-hog"
    chart = {**CHART, "NODE_CPU_CORE": "", "CPU_LOAD": "100"}

    def speed(self, settings: Settings) -> float:
        cores = settings.integer("NODE_CPU_CORE") or CORES
        return CORES / (CORES + cores * min(settings.integer("CPU_LOAD", "100"), 100) / 100)


class NodeMemoryHog(NodeStress):
    name = "node-memory-hog"
    chart = {**CHART, "TOTAL_CHAOS_DURATION": "120", "MEMORY_CONSUMPTION_PERCENTAGE": "30"}

    def speed(self, settings: Settings) -> float:
        """Reclaiming memory slows a node down once nine tenths of it are gone."""
        return 0.5 if settings.integer("MEMORY_CONSUMPTION_PERCENTAGE", "30") >= 90 else 1.0


class NodeIoStress(NodeStress):
    name = "node-io-stress"
    chart = {**CHART, "TOTAL_CHAOS_DURATION": "120", "FILESYSTEM_UTILIZATION_PERCENTAGE": "10"}

    def speed(self, settings: Settings) -> float:
        return 1 / (1 + settings.integer("NUMBER_OF_WORKERS", "4") / 8)

"""node-taint: one taint on a node, `key=value:Effect`."""

from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.faults.on_api import OnNode
from deploy.rehearsal.store import NODES, Object
from deploy.rehearsal.store.objects import dig


class NodeTaint(OnNode):
    """It takes the taint away by its key, also one that the node had before."""

    name = "node-taint"

    def inject(self, chaos: Chaos) -> Waits:
        taints = dig(self.found(chaos), "spec", "taints") or []
        taint = parse(chaos.settings.text("TAINTS"))
        chaos.say("ChaosInject", f"Injecting node-taint chaos on {self.node} node")
        self.touched = [("node", self.node)]
        if all(one["key"] != taint["key"] for one in taints):
            chaos.store.patch(NODES, self.node, {"spec": {"taints": [*taints, taint]}})
        yield float(chaos.duration)
        self.undo(chaos)
        self.note(chaos, "reverted")

    def undo(self, chaos: Chaos) -> None:
        node = chaos.store.find(NODES, self.node) if self.touched else None
        if node is None:
            return
        key = parse(chaos.settings.text("TAINTS"))["key"]
        rest = [one for one in dig(node, "spec", "taints") or [] if one["key"] != key]
        chaos.store.patch(NODES, self.node, {"spec": {"taints": rest or None}})


def parse(text: str) -> Object:
    """Raises Failed where it is no taint."""
    pair, _, effect = text.partition(":")
    key, _, value = pair.partition("=")
    if not key or effect not in ("NoSchedule", "PreferNoSchedule", "NoExecute"):
        raise Failed("CHAOS_INJECT_ERROR", f"{text!r} is no taint of the form key=value:Effect")
    return {"key": key, "value": value, "effect": effect}

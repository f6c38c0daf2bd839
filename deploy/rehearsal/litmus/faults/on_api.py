"""What faults share that need no helper: the experiment itself changes objects and sets them back.

litmus-go keeps in memory what became of their targets and writes it into the result at its end: while such
a fault is in, its result says nothing of it.
"""

from deploy.rehearsal.litmus.experiment import Chaos, Failed, Waits
from deploy.rehearsal.litmus.targets import NoTarget, Target
from deploy.rehearsal.store import NODES, Object
from deploy.rehearsal.store.objects import name_of

TRIES = 3  # a second apart: how often an abort sets things back


class OnApi:
    """`undo` sets everything back; it is safe to repeat."""

    name = ""
    reads_label = True

    def __init__(self) -> None:
        self.touched: list[tuple[str, str]] = []  # (kind, name) of what was changed

    def undo(self, chaos: Chaos) -> None:
        raise NotImplementedError

    def revert(self, chaos: Chaos) -> Waits:
        for _ in range(TRIES):
            self.undo(chaos)
            yield 1.0
        self.note(chaos, "reverted")

    def note(self, chaos: Chaos, state: str) -> None:
        for kind, name in self.touched:
            chaos.results.note(kind, name, state)


class OnNode(OnApi):
    """A fault on one node, by TARGET_NODE or at random among those of NODE_LABEL."""

    def __init__(self) -> None:
        super().__init__()
        self.node = ""

    def look(self, chaos: Chaos) -> None:
        """The name is taken as it stands: two names with a comma are one node that does not exist."""
        label = chaos.settings.text("NODE_LABEL")
        names = [name_of(one) for one in chaos.store.view(NODES, labels=label)]
        wanted = chaos.settings.text("TARGET_NODE")
        if not names or (not wanted and not label):
            raise NoTarget
        self.node = wanted or chaos.rng.choice(names)

    def found(self, chaos: Chaos) -> Object:
        node = chaos.store.find(NODES, self.node)
        if node is None:
            raise Failed("TARGET_SELECTION_ERROR", f'nodes "{self.node}" not found')
        return node


def workload_of(chaos: Chaos) -> Target:
    """The first target: kind, namespace and label. Raises NoTarget where the engine names none."""
    if not chaos.targets:
        raise NoTarget
    return chaos.targets[0]

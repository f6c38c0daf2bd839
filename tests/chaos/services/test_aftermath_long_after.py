"""What comes long after a run's end is deleted, and what it did not looked for: the run is proven no more."""

from dataclasses import replace

from chaos.domain.certificate import Cleanup, judge
from chaos.domain.measured import Measured, Part
from chaos.domain.states import RunState
from chaos.services.sweep import sweep_cluster
from tests.chaos.services.late import LATE, MINUTE, RUN, Bank, ended, kinds, seen
from tests.support.builders import a_drain_spec, a_node
from tests.support.cluster_port import left
from tests.support.launching import AT


def test_what_differs_long_after_the_end_is_not_taken_for_its_doing():
    store, port, long_after = ended(a_drain_spec()), Bank(), AT + 60 * MINUTE
    port.residues = (left("gd-0f0e0d0c-0", RUN, "i"),)
    cordoned = a_node(is_schedulable=False)
    port.sight = seen(store, nodes=(cordoned,), residue=port.residues)
    sweep_cluster("bank", port, long_after, store)
    assert "what it did is left to you" in store.log[0].text
    port.residues, port.sight = (), seen(store, nodes=(cordoned,))
    sweep_cluster("bank", port, long_after, store)
    assert port.restored == () and store.late("bank") == []
    assert "was not looked for" in store.log[-1].text
    assert kinds(store) == ["run.came_late", "run.left_alone"]


def test_a_run_whose_fault_came_long_after_the_end_is_not_proven_gone_any_more():
    store, port, long_after = ended(a_drain_spec()), Bank(), AT + 60 * MINUTE
    (injection,), marks, whole = store.record_.injections, store.record_.marks, tuple(Part)
    proof = tuple(Measured(part, "so", AT) for part in whole)
    proven = replace(store.record_.progress[0], reverted_at=AT, proof=proof)
    store.record_ = replace(store.record_, progress=(proven,))

    def judged():
        return judge((injection,), store.record_.progress, RunState.ABORTED, marks, False)[0]

    assert judged() is Cleanup.CLEAN
    port.residues = (left("gd-0f0e0d0c-0", RUN, "i"),)
    port.sight = seen(store, nodes=(a_node(is_schedulable=False),), residue=port.residues)
    sweep_cluster("bank", port, long_after, store)
    port.residues, port.sight = (), seen(store, nodes=(a_node(is_schedulable=False),))
    sweep_cluster("bank", port, long_after + MINUTE, store)
    assert store.late("bank") == [] and judged() is Cleanup.UNPROVEN
    assert store.record_.progress[0].proof == proof, "what was measured then stays measured"


def test_what_came_soon_and_was_undone_and_measured_leaves_it_proven():
    store, port = ended(a_drain_spec()), Bank()
    port.residues = (left("gd-0f0e0d0c-0", RUN, "i"),)
    port.sight = seen(store, nodes=(a_node(),), residue=port.residues)
    sweep_cluster("bank", port, LATE, store)
    port.residues, port.sight = (), seen(store, nodes=(a_node(),))
    sweep_cluster("bank", port, LATE + MINUTE, store)
    assert kinds(store) == ["run.came_late", "run.gone_late"]
    assert store.record_.progress[0].left_alone_at is None

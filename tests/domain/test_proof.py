"""What is measured of a fault's end and what is left of it come out of one look, and never contradict."""

from dataclasses import replace

from chaos.domain.measured import MEANS, Part
from chaos.domain.postcondition import live_residue, not_restored
from chaos.domain.proof import expected, left, measured, unmet
from chaos.domain.reverting import what_is_left, why_not_gone
from chaos.domain.run import Marks
from chaos.domain.sight import Workload
from chaos.domain.states import RunState
from tests.domain.strange_views import UNSEEN, walked
from tests.domain.views import a_sight, a_view, ago, engine, replaced_pods
from tests.support.builders import (
    a_busy_node_spec,
    a_drain_spec,
    a_latency_spec,
    a_manual_spec,
    a_node,
    a_spec,
)


def seen():
    """Views of runs that have a look, with that look."""
    return [(view, view.seen) for view, _ in walked() if view.seen is not None]


def test_all_of_a_postcondition_is_measured_just_where_nothing_is_in_the_way():
    gone = 0
    for view, sight in seen():
        injection = view.injections[0]
        since = view.state_since
        parts = [item.part for item in measured(view, injection, sight, since)]
        is_gone = not unmet(view, injection, sight, since) and not live_residue(sight)
        assert (parts == sorted(parts, key=parts.index)) and len(parts) == len(set(parts))
        assert (set(parts) == set(expected(injection))) is is_gone
        gone += is_gone
    assert 100 < gone < len(seen()) - 100


def test_what_is_left_is_what_keeps_the_run_from_being_called_gone_word_for_word():
    for view, sight in seen():
        if view.state is RunState.REVERTING and sight.began_at >= view.state_since:
            assert [item.sentence for item in left(view, sight, view.state_since)] == list(why_not_gone(view))


def test_every_part_says_by_what_means_it_is_looked_at():
    assert set(MEANS) == set(Part)
    for spec in (a_spec(), a_manual_spec(), a_latency_spec(), a_drain_spec(), a_busy_node_spec()):
        assert Part.OWN in expected(a_view(spec=spec).injections[0])


def test_while_the_cluster_does_not_answer_that_is_left_too():
    view = a_view(RunState.REVERTING, seen=a_sight(residue=(engine(),)), sight=UNSEEN)
    *known, unseen = what_is_left(view)
    assert known[0].names == (engine().name,)
    assert unseen.part is None and unseen.sentence.endswith(": refused")
    never = what_is_left(a_view(RunState.REVERTING, seen=None, sight=UNSEEN))
    assert [item.sentence for item in never] == [
        "the cluster has not been seen since reverting began: refused"
    ]


def test_what_is_left_is_the_same_thing_however_long_it_has_been_leaving():
    view = a_view(RunState.REVERTING, marks=Marks(), seen=a_sight(residue=(engine("Terminating since 1 s"),)))
    later = replace(view, seen=a_sight(residue=(engine("Terminating since 9 s"),)))
    assert [item.key for item in what_is_left(view)] == [item.key for item in what_is_left(later)]


def test_a_node_that_is_gone_is_said_to_be_gone():
    view = a_view(RunState.REVERTING, spec=a_drain_spec())
    sight = a_sight(pods=replaced_pods(), nodes=())
    found = {item.part: item for item in measured(view, view.injections[0], sight, ago(10))}
    assert found[Part.SCHEDULABLE].gone == found[Part.NODES].gone == ("node-0",)
    there = a_sight(pods=replaced_pods(), nodes=(a_node(),))
    assert not any(item.gone for item in measured(view, view.injections[0], there, ago(10)))


def test_a_workload_that_is_not_back_is_left_with_the_number_it_had():
    pre = Workload("deployment", "payments", "api", "uid-api", 6)
    view = a_view(RunState.REVERTING)
    injection = view.injections[0]
    injection = replace(injection, postcondition=replace(injection.postcondition, workloads=(pre,)))
    view = replace(view, injections=(injection,))
    (item,) = left(view, a_sight(workloads=(replace(pre, replicas=9),)), ago(10))
    assert (item.part, item.names, item.before, item.now) == (Part.REPLICAS, ("api",), ("6",), ("9",))


def test_a_node_that_another_machine_has_the_name_of_is_left_to_a_person_where_it_looks_like_the_fault():
    """Litmus goes by the name. Whose cordon it is, the cluster does not say: nobody else takes it off."""
    view = a_view(RunState.REVERTING, spec=a_drain_spec())
    injection = view.injections[0]
    another = replace(a_node(), uid="uid-another", is_schedulable=False)
    sight = a_sight(nodes=(another,), residue=())
    (found,) = left(view, sight, view.state_since)
    assert found.sentence == "node node-0 is another machine by now, and has what the fault does (cordoned)"
    assert (found.part, found.uid, found.now) == (Part.SCHEDULABLE, "uid-another", ("cordoned",))
    assert not_restored(injection, sight) == (), "nothing of ours sets back what is not the node it knew"
    assert (
        unmet(view, injection, replace(sight, nodes=(replace(another, is_schedulable=True),)), ago(1)) == ()
    )
    assert (
        unmet(view, injection, replace(sight, nodes=(a_node("node-9", is_schedulable=False),)), ago(1)) == ()
    )

"""What Gameday may do for each family of faults, on a real API server: each verb is needed by a named act.

The rights of the experiments' own accounts are what Litmus asks for: `litmus/test_rights_of_experiments.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from chaos.faults.accounts import gameday_role
from chaos.faults.rights import FAMILIES, Right
from deploy.cluster.handle import Cluster
from tests.adapters.things import until
from tests.cluster.rights_acts import Acts
from tests.cluster.rights_world import World, said_by

pytestmark = pytest.mark.cluster

ON_PODS = {"get pods": "look_at_a_pod_without_its_labels", "list pods": "look_at_pods"}
REPLACING = {**ON_PODS, "delete pods": "replace_a_target"}
ON_NODES = {"get nodes": "look_at_a_node", "list pods": "see_who_is_aboard"}
RESTORING = {**ON_NODES, "patch nodes": "set_a_node_back"}
NEEDED_BY = {
    "pods": ON_PODS,
    "helpers": REPLACING,
    "disk": REPLACING,
    "policies": {
        **ON_PODS,
        "list networkpolicies": "look_for_policies",
        "delete networkpolicies": "undo_a_policy",
    },
    "scale": {
        **ON_PODS,
        "get deployments": "look_at_a_deployment",
        "list deployments": "list_deployments",
        "patch deployments": "scale_a_deployment_back",
        "get statefulsets": "look_at_a_statefulset",
        "list statefulsets": "list_statefulsets",
        "patch statefulsets": "scale_a_statefulset_back",
        "list horizontalpodautoscalers": "list_deployments",
    },
    "drain": RESTORING,
    "taint": RESTORING,
    "node-stress": ON_NODES,
    "node-services": ON_NODES,
}
FAULT = {
    "pods": "pod-delete",
    "helpers": "pod-network-latency",
    "disk": "disk-fill",
    "policies": "pod-network-partition",
    "scale": "pod-autoscaler",
    "drain": "node-drain",
    "taint": "node-taint",
    "node-stress": "node-cpu-hog",
    "node-services": "kubelet-service-kill",
}
"""One of each family."""
EVERY = [
    (name, role, right, resource, verb)
    for name, family in FAMILIES.items()
    for role, rights in (
        (f"{gameday_role(family)}-targets", family.ours_target),
        (gameday_role(family), family.ours_cluster),
    )
    for right in rights
    for resource in right.resources
    for verb in right.verbs
]

Opened = Callable[[str], World]


@pytest.fixture(scope="module")
def opened(litmus_kinds: Cluster) -> Iterator[Opened]:
    """A world whose target namespace is open to this family and to no other."""
    made: dict[str, World] = {}

    def to(family: str) -> World:
        if family not in made:
            made[family] = World(litmus_kinds, FAMILIES[family])
        return made[family]

    yield to
    for world in made.values():
        world.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_act_on_the_targets_goes_through_with_the_roles_as_we_ship_them(
    opened: Opened, family: str
) -> None:
    acts = Acts(opened(family))
    for name in sorted(set(NEEDED_BY[family].values())):
        # Somebody else may write to a node in between: then it is tried again.
        until(partial(said_by, getattr(acts, name)), lambda said: said == "", seconds=10)


@pytest.mark.parametrize(
    ("family", "role", "right", "resource", "verb"),
    EVERY,
    ids=[f"{one[1]}-{one[4]}-{one[3]}" for one in EVERY],
)
def test_each_verb_that_is_given_is_needed_and_who_lacks_it_is_told_so(
    opened: Opened, family: str, role: str, right: Right, resource: str, verb: str
) -> None:
    world = opened(family)
    acts = Acts(world)
    act = getattr(acts, NEEDED_BY[family][f"{verb} {resource}"])
    named = f"may not {verb} {resource}"
    with world.without("ClusterRole", role, right.group, resource, verb):
        until(lambda: said_by(act), lambda said: f"Gameday {named}" in said, seconds=10)
        found = acts.port.rights([FAULT[family]], [world.target])
        told = " ".join(item.sentence for item in found if not item.is_met)
        assert f"{verb} {resource}" in told and f"the role {role} " in told
    until(lambda: said_by(act), lambda said: named not in said, seconds=10)

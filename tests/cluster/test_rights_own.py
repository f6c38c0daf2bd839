"""Gameday's own roles on a real API server: each verb that they give is needed, by an act that is named here.

One verb is taken out of one role, and then that act is refused in a sentence that names the verb.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.domain.images import USUAL_IMAGES
from chaos.faults.accounts import OURS, PLANNER, WATCHDOG
from chaos.faults.own_rights import BREAKER, GAMEDAY, INJECTOR, PREVIEW, READER, RELEASER, REVERTER
from chaos.faults.rights import Right
from deploy.cluster.handle import Cluster
from tests.adapters.things import until
from tests.cluster.rights_acts import Acts
from tests.cluster.rights_world import World, said_by

pytestmark = pytest.mark.cluster

ALONE = {
    READER.name: PLANNER,
    INJECTOR.name: OURS,
    REVERTER.name: WATCHDOG,
    RELEASER.name: OURS,
    BREAKER.name: OURS,
}
"""The account that has this role and nothing else that gives the same; Gameday's own has them all."""

NEEDED_BY = {
    READER.name: {
        "list chaosengines": "list_what_is_left",
        "get chaosresults": "look_at_pods",
        "list chaosresults": "list_what_is_left",
        "get chaosexperiments": "check_litmus",
        "list chaosexperiments": "list_experiments",
        "list jobs": "list_what_is_left",
        "list pods": "list_what_is_left",
        "list leases": "list_what_is_left",
        "get leases": "look",
        "get configmaps": "look",
        "get serviceaccounts": "check_litmus",
        "list events": "hear_the_watchdog",
        "get namespaces": "identify",
        "list nodes": "list_nodes",
        "get roles": "compare_accounts",
        "get rolebindings": "compare_accounts",
        "get clusterroles": "compare_accounts",
        "get clusterrolebindings": "compare_accounts",
    },
    INJECTOR.name: {
        "create chaosengines": "inject",
        "get chaosengines": "inject_again",
        "create leases": "take_the_grant",
        "patch leases": "beat",
    },
    RELEASER.name: {"delete configmaps": "release_the_lever"},
    BREAKER.name: {"patch chaosengines": "strip_a_finalizer"},
    REVERTER.name: {
        "list chaosengines": "list_what_is_left",
        "delete chaosengines": "stop",
        "list chaosresults": "list_what_is_left",
        "delete chaosresults": "stop",
        "list jobs": "list_what_is_left",
        "delete jobs": "stop",
        "list pods": "list_what_is_left",
        "delete pods": "stop",
        "list leases": "list_what_is_left",
        "get leases": "look",
        "delete leases": "stop",
        "create configmaps": "pull_the_lever",
        "get configmaps": "look",
    },
}
PREVIEWED_BY = {
    "list pods": "list_pods",
    "list deployments": "list_deployments",
    "list statefulsets": "list_statefulsets",
    "list horizontalpodautoscalers": "list_deployments",
}
EVERY = [
    (role.name, kind, right, resource, verb)
    for role in GAMEDAY
    for kind, rights in (("Role", role.here), ("ClusterRole", role.everywhere))
    for right in rights
    for resource in right.resources
    for verb in right.verbs
]


@pytest.fixture(scope="module")
def world(litmus_kinds: Cluster) -> Iterator[World]:
    made = World(litmus_kinds)
    yield made
    made.close()


def test_every_act_goes_through_with_the_roles_as_we_ship_them(world: World) -> None:
    for role, account in ALONE.items():
        acts = Acts(world, account)
        for name in sorted(set(NEEDED_BY[role].values())):
            said = said_by(getattr(acts, name))
            # There is no experiment, and that is all that Litmus' check has to say.
            assert said == "" or (name == "check_litmus" and "may not" not in said), f"{account}: {name}"


@pytest.mark.parametrize(
    ("role", "kind", "right", "resource", "verb"), EVERY, ids=[f"{one[0]}-{one[4]}-{one[3]}" for one in EVERY]
)
def test_each_verb_that_is_given_is_needed_and_who_lacks_it_is_told_so(
    world: World, role: str, kind: str, right: Right, resource: str, verb: str
) -> None:
    acts = Acts(world, ALONE[role])
    act = getattr(acts, NEEDED_BY[role][f"{verb} {resource}"])
    named = f"Gameday may not {verb} {resource}"
    with world.without(kind, role, right.group, resource, verb):
        until(lambda: said_by(act), lambda said: named in said, seconds=10)
        if kind == "Role":
            found = {item.what: item for item in acts.port.preflight([], USUAL_IMAGES)}
            missing = found[f"right to {verb} {resource}"]
            assert not missing.is_met and named in missing.sentence
    until(lambda: said_by(act), lambda said: named not in said, seconds=10)


@pytest.mark.parametrize(
    ("right", "resource"), [(right, resource) for right in PREVIEW for resource in right.resources]
)
def test_who_plans_needs_each_verb_where_targets_are(world: World, right: Right, resource: str) -> None:
    (verb,) = right.verbs
    act = getattr(Acts(world, PLANNER), PREVIEWED_BY[f"{verb} {resource}"])
    assert said_by(act) == ""
    with world.without("ClusterRole", f"{PLANNER}-targets", right.group, resource, verb):
        until(lambda: said_by(act), lambda said: f"Gameday may not {verb} {resource}" in said, seconds=10)


def test_who_plans_can_begin_nothing_and_end_nothing(world: World) -> None:
    for name in ("take_the_grant", "stop", "pull_the_lever"):
        assert "Gameday may not" in said_by(getattr(Acts(world, PLANNER), name)), name


def test_a_watchdog_ends_all_of_a_run_and_can_begin_none(world: World) -> None:
    dog = Acts(world, WATCHDOG)
    assert said_by(dog.stop) == ""
    assert said_by(dog.list_what_is_left) == ""
    assert not dog.port.residue()
    assert "may not create leases" in said_by(dog.take_the_grant)
    assert said_by(dog.pull_the_lever) == ""
    assert "may not delete configmaps" in said_by(dog.release_the_lever)
    assert said_by(Acts(world, OURS).release_the_lever) == ""
    assert "may not patch chaosengines" in said_by(dog.strip_a_finalizer)
    assert said_by(Acts(world, OURS).strip_a_finalizer) == ""  # so that nothing holds the namespace

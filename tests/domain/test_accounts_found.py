"""What is said of a cluster's accounts and roles, against those that we ship."""

import copy

import pytest

from chaos.faults.accounts import in_target, manifests, of_gameday, of_planner, of_watchdog
from chaos.faults.accounts_found import differences
from chaos.faults.own_rights import GAMEDAY, READER, UNDO_CLUSTER, UNDO_TARGET
from chaos.faults.rights import FAMILIES, HELPERS, SCALE

ROLE = next(one for one in manifests(HELPERS) if one["kind"] == "Role")
BINDING = next(one for one in manifests(HELPERS) if one["kind"] == "RoleBinding")
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
NAME = "chaos/chaos-helpers"


def changed(manifest, **changes):
    return copy.deepcopy(manifest) | changes


@pytest.mark.parametrize(
    ("ours", "found", "said"),
    [
        (ROLE, None, f"Role {NAME} is missing."),
        (ROLE, changed(ROLE, rules=ROLE["rules"][1:]), f"Role {NAME} does not give: get pods, list pods."),
        (
            ROLE,
            changed(ROLE, rules=[*ROLE["rules"], SECRETS]),
            f"Role {NAME} gives more than is needed: get secrets.",
        ),
        (ROLE, changed(ROLE, aggregationRule={"x": 1}), f"Role {NAME} gathers the rights of other roles"),
        (BINDING, changed(BINDING, subjects=[]), "does not bind ServiceAccount chaos/chaos-helpers."),
        (
            BINDING,
            changed(BINDING, roleRef={"kind": "ClusterRole", "name": "cluster-admin"}),
            f"RoleBinding {NAME} binds ClusterRole cluster-admin, not Role chaos-helpers.",
        ),
    ],
)  # fmt: skip
def test_what_lacks_and_what_is_too_much_is_said(ours, found, said):
    assert any(said in sentence for sentence in differences(ours, found))


def test_rules_that_say_the_same_in_another_way_are_no_difference():
    apart = [
        {"apiGroups": [group], "resources": [resource], "verbs": rule["verbs"][::-1]}
        for rule in ROLE["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
    ]
    assert differences(ROLE, changed(ROLE, rules=apart[::-1])) == ()


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_what_we_ship_is_as_we_ship_it_and_names_the_namespace_that_it_is_for(family):
    for namespace in ("chaos", "litmus-chaos"):
        ours = [*manifests(family, namespace), *in_target(family, "payments", namespace)]
        assert not [said for one in ours for said in differences(one, one)]
        homes = {one["metadata"].get("namespace") for one in ours} - {None, "payments"}
        subjects = {who["namespace"] for one in ours for who in one.get("subjects") or ()}
        assert homes | subjects == {namespace}


def test_no_account_is_bound_to_more_than_our_own_roles():
    ours = [one for family in FAMILIES.values() for one in manifests(family)]
    ours += [*of_gameday(), *of_planner(), *of_watchdog()]
    names = {one["metadata"]["name"] for one in ours}
    assert {one["roleRef"]["name"] for one in ours if "roleRef" in one} <= names
    assert all("*" not in str(one.get("rules")) for one in ours)


def test_gameday_may_choose_pods_of_one_zone_whatever_the_fault():
    assert any("nodes" in right.resources and "list" in right.verbs for right in READER.everywhere)


def test_outside_the_chaos_namespace_gameday_only_looks_until_a_family_is_let_in():
    everywhere = [right for role in GAMEDAY for right in role.everywhere]
    assert {verb for right in everywhere for verb in right.verbs} == {"get", "list"}


def verbs(*objects):
    rules = [rule for one in objects for rule in one.get("rules", ())]
    return {verb for rule in rules for verb in rule["verbs"]}


def test_who_only_plans_only_looks_and_a_watchdog_begins_nothing():
    assert verbs(*of_planner()) == {"get", "list"}
    assert verbs(*of_watchdog()) == {"get", "list", "delete", "create"}
    created = [rule for one in of_watchdog() for rule in one.get("rules", ()) if "create" in rule["verbs"]]
    assert [rule["resources"] for rule in created] == [["configmaps"], ["events"]]


def test_a_watchdog_pulls_the_halt_lever_and_does_not_release_it():
    rules = [
        rule for one in of_watchdog() for rule in one.get("rules", ()) if "configmaps" in rule["resources"]
    ]
    assert {verb for rule in rules for verb in rule["verbs"]} == {"create", "get"}


def test_a_namespace_is_opened_to_the_family_and_to_gameday():
    names = [(one["metadata"]["name"], one["roleRef"]["name"]) for one in in_target(SCALE, "payments")]
    assert names == [
        ("chaos-scale", "chaos-scale-targets"),
        ("gameday-scale", "gameday-scale-targets"),
        ("gameday-scale-undo", "gameday-scale-undo-targets"),
    ]


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_a_watchdog_may_set_back_what_gameday_may_and_nothing_else(family):
    """What it may change is what Gameday itself may for the family."""
    undo = [*UNDO_TARGET.get(family.name, ()), *UNDO_CLUSTER.get(family.name, ())]
    ours = [*family.ours_target, *family.ours_cluster]

    def changing(rights):
        return {
            (resource, verb)
            for right in rights
            for resource in right.resources
            for verb in right.verbs
            if verb not in ("get", "list")
        }

    assert (
        changing(undo)
        == changing(ours)
        <= {
            ("pods", "delete"),
            ("networkpolicies", "delete"),
            ("deployments", "patch"),
            ("statefulsets", "patch"),
            ("nodes", "patch"),
        }
    )

"""The service accounts that we ship: as few rights as each family needs."""

import pytest

from chaos.faults import accounts
from chaos.faults.catalogue import FAULTS
from chaos.faults.rights import FAMILIES


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_an_account_may_do_nothing_that_would_make_it_more(family):
    """No wildcards, nothing of RBAC's own, no impersonation, no running of commands in pods."""
    objects = list(accounts.manifests(family))
    rules = [rule for one in objects for rule in one.get("rules", ())]
    resources = {resource for rule in rules for resource in rule["resources"]}
    verbs = {verb for rule in rules for verb in rule["verbs"]}
    assert not {"*", "pods/exec", "roles", "clusterroles", "serviceaccounts"} & resources
    assert not {"*", "escalate", "bind", "impersonate"} & verbs
    bound = [one for one in objects if one["kind"] == "ClusterRoleBinding"]
    in_cluster = [one for one in bound if one["subjects"][0]["name"] == accounts.account(family)]
    assert bool(in_cluster) is bool(family.cluster)
    names = (f"chaos-{family.name}", f"gameday-{family.name}")
    assert all(one["metadata"]["name"].startswith(names) for one in objects)


def test_every_family_is_some_fault_s():
    assert {fault.family.name for fault in FAULTS.values() if fault.family} <= set(FAMILIES)

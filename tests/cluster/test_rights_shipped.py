"""The files of deploy/litmus as an administrator applies them: enough for a run, and all that is checked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaos.adapters.litmus import LitmusCluster
from chaos.domain.images import USUAL_IMAGES
from chaos.faults.accounts import in_target, manifests, of_gameday
from chaos.faults.accounts_found import differences
from chaos.faults.catalogue import FAULTS
from chaos.faults.own_rights import GAMEDAY
from chaos.faults.rights import FAMILIES
from deploy.cluster.handle import Cluster
from deploy.local.bench import opened
from tests.adapters.things import a_run, an_injection, until

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def target(litmus_kinds: Cluster) -> Iterator[str]:
    """A namespace that every family is let into."""
    name = "tests-shipped"
    litmus_kinds.ensure("/api/v1/namespaces", {"metadata": {"name": name}})
    opened.let_in(litmus_kinds, [name])
    yield name
    litmus_kinds.ask("DELETE", f"/api/v1/namespaces/{name}")


@pytest.fixture
def gameday(litmus_kinds: Cluster, target: str) -> LitmusCluster:
    return opened.port(litmus_kinds, litmus_kinds.account_token("chaos", "gameday"))


def test_the_connection_test_finds_every_right_and_every_experiment(
    gameday: LitmusCluster, target: str
) -> None:
    faults = [name for name, fault in FAULTS.items() if fault.family]
    found = (*gameday.preflight(faults, USUAL_IMAGES), *gameday.rights(faults, [target]))
    unmet = {item.what: item.sentence for item in found if not item.is_met}
    unmet.pop("operator", None)  # whether that runs is not the files' affair
    assert unmet == {}
    told = {item.what for item in found if item.what.startswith("right to ")}
    rights = [right for role in GAMEDAY for right in role.here]
    assert told == {
        f"right to {verb} {resource}"
        for right in rights
        for resource in right.resources
        for verb in right.verbs
    }


def test_nothing_differs_from_what_litmus_check_compares_with(gameday: LitmusCluster, target: str) -> None:
    ours = [*of_gameday()]
    for family in FAMILIES.values():
        ours += [*manifests(family), *in_target(family, target)]
    there = gameday.accounts(ours)
    assert [said for one, found in zip(ours, there, strict=True) for said in differences(one, found)] == []


def test_a_run_goes_from_its_grant_to_nothing_left_under_that_account(gameday: LitmusCluster) -> None:
    ref = a_run()
    injection = an_injection(ref)
    gameday.take_grant(ref)
    gameday.beat(ref)
    gameday.inject(ref, injection)
    (engine,) = gameday.look(ref, []).engines
    assert engine.name == injection.name
    gameday.revert(ref)
    gameday.clear(ref)
    until(gameday.residue, lambda left: not [one for one in left if one.run == ref.run])

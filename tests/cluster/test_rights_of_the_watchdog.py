"""What the watchdog may set back, on a real API server: each verb is needed, and who lacks it is told so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from chaos.domain.injection import Injection
from chaos.faults.accounts import OURS, WATCHDOG, undo_role
from chaos.faults.own_rights import LEVER, UNDO_CLUSTER, UNDO_TARGET
from chaos.faults.rights import FAMILIES, Right
from deploy.cluster.handle import Answered, Cluster
from tests.adapters.things import until
from tests.cluster.accounts import status_as
from tests.cluster.rights_acts import Acts
from tests.cluster.rights_things import APP, KINDS
from tests.cluster.rights_world import World, said_by

pytestmark = pytest.mark.cluster

EVERY = [
    (name, f"{undo_role(FAMILIES[name])}{suffix}", right, resource, verb)
    for table, suffix in ((UNDO_TARGET, "-targets"), (UNDO_CLUSTER, ""))
    for name, rights in table.items()
    for right in rights
    for resource in right.resources
    for verb in right.verbs
]
NODES = "/api/v1/nodes"


class Left:
    """What a fault of each family leaves on its target, and what stands on the grant about it."""

    def __init__(self, world: World) -> None:
        self.world, self.acts = world, Acts(world)
        self.things = self.acts.things

    def by(self, family: str, resource: str) -> str:
        """Leave it there; what the watchdog then says that did not go through."""
        makers: dict[str, Callable[[], Injection]] = {
            "helpers": self.held_pod,
            "disk": self.held_pod,
            "policies": self.cut,
            "scale": lambda: self.scaled(resource.removesuffix("s")),
            "drain": self.node,
            "taint": self.node,
        }
        injection = makers[family]()
        self.acts.take_the_grant()
        self.world.port(OURS).inject(self.acts.ref, injection)
        ended = [self.world.port(WATCHDOG).end_everything() for _ in range(2)][-1]
        return " ".join(str(error) for error in ended.errors)

    def held_pod(self) -> Injection:
        pod = self.things.pod("api-0")
        injection = self.acts.injection("pod-network-latency", pod)
        name = f"{injection.name}-{injection.experiment}"
        self.things.make("chaosresults", self.world.home, name, {}, spec={"engine": injection.name})
        path = f"{KINDS['chaosresults'][0]}/namespaces/{self.world.home}/chaosresults/{name}"
        said = {"metadata": {"annotations": {f"pod/{pod.name}": "injected"}}}
        self.world.admin.ask("PATCH", path, said, "merge-patch+json")
        return injection

    def cut(self) -> Injection:
        only = self.things.pod("api-0", {**APP, "statefulset.kubernetes.io/pod-name": "api-0"})
        injection = self.acts.injection("pod-network-partition", only, "statefulset")
        key, _, value = injection.app_label.partition("=")
        labels = {"app.kubernetes.io/part-of": "litmus"}
        spec = {"podSelector": {"matchLabels": {key: value}}}
        self.things.make("networkpolicies", self.world.target, "cut", labels, spec=spec)
        return injection

    def scaled(self, kind: str) -> Injection:
        injection = self.acts.injection("pod-autoscaler", kind=kind)
        (pre,) = injection.postcondition.workloads
        now = replace(pre, replicas=pre.replicas + 1)
        return replace(injection, postcondition=replace(injection.postcondition, workloads=(now,)))

    def node(self) -> Injection:
        """A taint that it should have and has not: the node itself is left as it is, but for that."""
        injection = self.acts.injection("node-taint")
        (pre,) = injection.postcondition.nodes
        (key,) = injection.postcondition.taint_keys
        was = replace(pre, taints=(*pre.taints, f"{key}:PreferNoSchedule"))
        return replace(injection, postcondition=replace(injection.postcondition, nodes=(was,)))

    def set_right(self) -> None:
        for node in self.things.nodes():
            kept = [taint for taint in node.taints if not taint.startswith("gameday")]
            if len(kept) < len(node.taints):
                body = {"spec": {"taints": None}}
                self.world.admin.ask("PATCH", f"{NODES}/{node.name}", body, "merge-patch+json")


Opened = Callable[[str], Left]


@pytest.fixture(scope="module")
def opened(litmus_kinds: Cluster) -> Iterator[Opened]:
    made: dict[str, Left] = {}

    def to(family: str) -> Left:
        if family not in made:
            made[family] = Left(World(litmus_kinds, FAMILIES[family]))
        return made[family]

    yield to
    for left in made.values():
        left.set_right()
        left.world.close()


def test_a_watchdog_pulls_the_lever_and_only_gameday_can_release_it(opened: Opened) -> None:
    world = opened("helpers").world
    lever = f"/api/v1/namespaces/{world.home}/configmaps/{LEVER}"
    dog, gameday = Acts(world, WATCHDOG), Acts(world, OURS)
    assert said_by(dog.pull_the_lever) == ""
    assert f"Gameday may not delete configmaps {LEVER}" in said_by(dog.release_the_lever)
    token = world.token(WATCHDOG)
    changed = {"data": {"reason": ""}}
    refused = {
        verb: status_as(world.admin, token, verb, lever, changed) for verb in ("DELETE", "PATCH", "PUT")
    }
    refused["DELETE all"] = status_as(world.admin, token, "DELETE", lever.removesuffix(f"/{LEVER}"))
    assert set(refused.values()) == {403}, refused
    assert world.admin.ask("GET", lever)["data"]["reason"] == "A drill."
    assert said_by(gameday.release_the_lever) == ""
    with pytest.raises(Answered, match="404"):
        world.admin.ask("GET", lever)


@pytest.mark.parametrize(
    ("family", "role", "right", "resource", "verb"),
    EVERY,
    ids=[f"{one[1]}-{one[4]}-{one[3]}" for one in EVERY],
)
def test_each_verb_that_a_watchdog_has_is_needed_to_set_something_back(
    opened: Opened, family: str, role: str, right: Right, resource: str, verb: str
) -> None:
    left = opened(family)
    named = f"Gameday may not {verb} {resource}"

    def said() -> str:
        left.set_right()
        return left.by(family, resource)

    with left.world.without("ClusterRole", role, right.group, resource, verb):
        until(said, lambda errors: named in errors, seconds=20)
    until(said, lambda errors: errors == "", seconds=20)

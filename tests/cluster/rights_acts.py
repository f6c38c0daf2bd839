"""What the product asks of a cluster, act by act, as one of our accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from chaos.domain.images import USUAL_IMAGES
from chaos.domain.injection import Injection
from chaos.domain.sight import Pod, Residue, ResidueKind
from chaos.domain.spec import FaultSpec, TargetSpec
from chaos.domain.targets import Targets
from chaos.faults import example
from chaos.faults.accounts import OURS, of_gameday
from chaos.faults.catalogue import FAULTS, plan_injections
from chaos.ports import Preflight
from tests.adapters.things import a_run
from tests.cluster.rights_things import APP, FINALIZER, Things
from tests.cluster.rights_world import World


class Acts:
    """Each puts there what it needs, does one thing through the adapter, and gives back what that gave."""

    def __init__(self, world: World, account: str = OURS) -> None:
        self.world, self.things, self.ref = world, Things(world), a_run()
        self.port = world.port(account)

    def identify(self) -> object:
        return self.port.identity()

    def list_experiments(self) -> object:
        return self.port.experiments()

    def check_litmus(self) -> Sequence[Preflight]:
        checks = self.port.preflight(["pod-delete"], USUAL_IMAGES)
        return tuple(check for check in checks if not check.what.startswith("right to"))

    def compare_accounts(self) -> object:
        return self.port.accounts(list(of_gameday(self.world.home)))

    def list_nodes(self) -> object:
        return self.port.nodes({})

    def list_pods(self) -> object:
        return self.port.pods(self.world.target, APP)

    def list_deployments(self) -> object:
        self.things.workload("deployment")
        return self.port.workloads(self.world.target, "deployment", APP)

    def list_statefulsets(self) -> object:
        self.things.workload("statefulset")
        return self.port.workloads(self.world.target, "statefulset", APP)

    def see_who_is_aboard(self) -> object:
        return self.port.pods_on(self.things.nodes()[0].name)

    def take_the_grant(self) -> None:
        self.things.clear_grant()
        self.port.take_grant(self.ref)

    def beat(self) -> None:
        self.take_the_grant()
        self.port.beat(self.ref)

    def inject(self) -> object:
        self.take_the_grant()
        return self.port.inject(self.ref, self.injection("pod-delete"))

    def inject_again(self) -> object:
        self.inject()
        return self.port.inject(self.ref, self.injection("pod-delete"))

    def look(self) -> object:
        """As it is while nothing is injected."""
        return self.port.look(self.ref, [])

    def look_at_pods(self) -> object:
        return self.port.look(self.ref, [self.injection("pod-delete")])

    def look_at_a_pod_without_its_labels(self) -> object:
        lost = self.things.pod("lost-0", {})
        return self.port.look(self.ref, [self.injection("pod-delete", lost)])

    def look_for_policies(self) -> object:
        only = self.things.pod("api-0", {**APP, "statefulset.kubernetes.io/pod-name": "api-0"})
        return self.port.look(self.ref, [self.injection("pod-network-partition", only, "statefulset")])

    def look_at_a_deployment(self) -> object:
        return self.port.look(self.ref, [self.injection("pod-autoscaler")])

    def look_at_a_statefulset(self) -> object:
        return self.port.look(self.ref, [self.injection("pod-autoscaler", kind="statefulset")])

    def look_at_a_node(self) -> object:
        return self.port.look(self.ref, [self.injection("node-taint")])

    def list_what_is_left(self) -> object:
        return self.port.residue()

    def hear_the_watchdog(self) -> object:
        return self.port.watchdog_said()

    def stop(self) -> None:
        """All that a run can leave in the chaos namespace; whoever may not end one thing is told which."""
        self.things.of_a_run(self.ref)
        left = self.world.port(OURS).residue()
        self.port.remove([item for item in left if item.namespace == self.world.home])

    def strip_a_finalizer(self) -> None:
        self.port.strip(self.things.held_engine(self.ref), FINALIZER)

    def pull_the_lever(self) -> None:
        self.world.remove(f"/api/v1/namespaces/{self.world.home}/configmaps/gameday-halt")
        self.port.pull_lever("A drill.")

    def release_the_lever(self) -> None:
        self.port.release_lever()

    def replace_a_target(self) -> None:
        """By deleting it: its controller starts another."""
        self._delete(ResidueKind.POD, "api-0", self.things.pod("api-0").uid)

    def undo_a_policy(self) -> None:
        self._delete(ResidueKind.POLICY, "cut", self.things.policy())

    def scale_a_deployment_back(self) -> None:
        self.port.restore_workload(self.things.workload("deployment"))

    def scale_a_statefulset_back(self) -> None:
        self.port.restore_workload(self.things.workload("statefulset"))

    def set_a_node_back(self) -> None:
        self.port.restore_node(self.things.nodes()[0], [], cordons=False)

    def _delete(self, kind: ResidueKind, name: str, uid: str) -> None:
        self.port.remove([Residue(kind, self.world.target, name, uid)])

    def injection(self, fault: str, pod: Pod | None = None, kind: str = "deployment") -> Injection:
        """Of one pod, one workload or one node of the target's namespace."""
        on_nodes, on_workloads = FAULTS[fault].on_nodes, FAULTS[fault].on_workloads
        nodes = self.things.nodes()[:2] if on_nodes else []
        found = Targets(
            "" if on_nodes else self.world.target,
            () if on_nodes else (pod or self.things.pod("one"),),  # no name that a StatefulSet gives
            matched=2,
            ready=2,
            nodes=tuple(nodes[:1]),
            spare=nodes[1].hostname if nodes else "",
            workloads=(self.things.workload(kind),) if on_workloads else (),
        )
        where = TargetSpec(found.namespace, "node" if on_nodes else kind, APP, count=1)
        parameters = FAULTS[fault].canonical(example.parameters(FAULTS[fault]))
        spec = FaultSpec(fault, timedelta(seconds=60), where, parameters)
        return plan_injections(self.ref.short, 0, spec, found)[0]

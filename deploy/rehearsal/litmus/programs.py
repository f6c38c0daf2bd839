"""Which program a Litmus pod runs: the kubelet stand-in asks here."""

import random

from deploy.rehearsal.litmus import experiment, helper
from deploy.rehearsal.litmus.experiment import Chaos, Fault
from deploy.rehearsal.litmus.faults import FAULTS
from deploy.rehearsal.litmus.faults.by_helper import ByHelper
from deploy.rehearsal.litmus.faults.node_services import NodeServices
from deploy.rehearsal.litmus.faults.node_stress import NodeStress
from deploy.rehearsal.litmus.helper import Site, is_helper
from deploy.rehearsal.litmus.labels import RUNNER_IMAGE
from deploy.rehearsal.litmus.results import Results
from deploy.rehearsal.litmus.runner import Runner
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.litmus.targets import targets_of
from deploy.rehearsal.platform.facts import labels
from deploy.rehearsal.platform.processes import Steps
from deploy.rehearsal.platform.recorder import Recorder
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import CHAOS_ENGINES, Cluster, Object


class Programs:
    def __init__(self, store: Cluster, troubles: Troubles, rng: random.Random) -> None:
        self._store, self._troubles, self._rng = store, troubles, rng
        self._recorder = Recorder(store, "chaos-experiment")

    def __call__(self, pod: Object) -> Steps | None:
        """The pod's program, or None where it is no pod of an engine."""
        container = pod["spec"]["containers"][0]
        uid = labels(pod).get("chaosUID")
        if not uid:
            return None
        engine = self._engine(uid)
        if engine is None:
            return _fail()
        if container["image"].startswith(RUNNER_IMAGE):
            return Runner(self._store, engine, Recorder(self._store, "chaos-runner")).run()
        settings = _settings(container)
        name = settings.text("EXPERIMENT_NAME")
        if name not in FAULTS:
            return _fail()
        if is_helper(pod):
            return self._helper(FAULTS[name](), pod, engine, settings)
        chaos = Chaos(
            store=self._store,
            troubles=self._troubles,
            rng=self._rng,
            settings=settings,
            targets=targets_of(engine),
            engine=engine,
            pod=pod,
            results=Results(self._store, engine, name),
            recorder=self._recorder,
        )
        return experiment.run(FAULTS[name](), chaos)

    def _helper(self, fault: Fault, pod: Object, engine: Object, settings: Settings) -> Steps:
        site = Site(self._store, self._troubles, settings, pod, Results(self._store, engine, fault.name))
        if isinstance(fault, NodeStress):
            return fault.stress(site)
        if isinstance(fault, NodeServices):
            return fault.serve(site)
        return helper.run(fault, site) if isinstance(fault, ByHelper) else _fail()

    def _engine(self, uid: str) -> Object | None:
        engines = self._store.list(CHAOS_ENGINES)
        return next((one for one in engines if one["metadata"]["uid"] == uid), None)


def _settings(container: Object) -> Settings:
    return Settings({one["name"]: str(one.get("value", "")) for one in container.get("env") or []})


def _fail() -> Steps:
    """An experiment that the image does not know, or whose engine is gone."""
    yield 0.5
    return 1

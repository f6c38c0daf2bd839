"""Switches for bad days: POST /rehearsal/switches turns several at once, or none if one is not known."""

import math
from collections.abc import Callable
from typing import Any

from deploy.rehearsal.platform import bank
from deploy.rehearsal.platform.api_switch import ApiSwitch
from deploy.rehearsal.platform.facts import labels
from deploy.rehearsal.platform.metrics import Metrics, Mode
from deploy.rehearsal.platform.world import World
from deploy.rehearsal.store import DEPLOYMENTS, Object
from deploy.rehearsal.store.objects import name_of, namespace_of

APPS = ("payments-api", "fraud-detector")


class BadSwitch(Exception):
    """A switch or position that does not exist. The message lists those that do."""


class Switches:
    """Without an `api` that is ours to disturb there is no such switch, and none for its collector."""

    def __init__(self, world: World, metrics: Metrics, api: ApiSwitch | None = None) -> None:
        self._world, self._metrics, self._api = world, metrics, api
        self._checks: dict[str, Callable[[Any], Callable[[], None]]] = {
            "metrics": self._metrics_mode,
            "operator": self._operator,
            "revert": self._revert,
            "helper": self._helper,
            "certificate": self._certificate,
            "load": self._load,
            "latency": self._latency,
            "cpu": self._cpu,
            "kubelet": self._kubelet,
        }
        if api is not None:
            self._checks["api"] = lambda rules: self._api_rules(api, rules)
            self._checks["collector"] = lambda position: self._collector(api, position)

    def positions(self) -> dict[str, Any]:
        troubles = self._world.troubles
        up = any(one["spec"]["replicas"] for one in self._operators())
        return {
            "metrics": self._metrics.mode.value,
            "operator": "up" if up else "down",
            "helper": "killed" if troubles.helpers_killed else "ok",
            "revert": "stuck" if troubles.revert_stuck else "ok",
            "certificate": "expired" if troubles.certificate_expired else "valid",
            "load": troubles.load,
            "latency": {app: troubles.service_latency.get(app, 0.0) * 1000 for app in APPS},
            "cpu": {app: troubles.service_speed.get(app, 1.0) for app in APPS},
            "kubelet": "down" if troubles.downed() else "up",
        } | (self._of_the_api(self._api) if self._api else {})

    def _of_the_api(self, api: ApiSwitch) -> dict[str, Any]:
        return {"api": api.describe(), "collector": "up" if api.collector_is_up else "down"}

    def turn(self, wanted: Any) -> dict[str, Any]:
        """Check all, then turn all. Raises BadSwitch, and then nothing has been turned."""
        if not isinstance(wanted, dict) or not wanted:
            raise BadSwitch(f'Send a JSON object such as {{"load": 10}}. {self._known()}')
        unknown = [name for name in wanted if name not in self._checks]
        if unknown:
            raise BadSwitch(f"There is no switch {unknown[0]!r}. {self._known()}")
        turns = [self._checks[name](position) for name, position in wanted.items()]
        for turn in turns:
            turn()
        return self.positions()

    def _known(self) -> str:
        return (
            f"The switches are: metrics ({', '.join(Mode)}), operator (up, down), revert (ok, stuck), "
            "helper (ok, killed), "
            "certificate (valid, expired), load (a factor from 0 to 100), "
            f"latency (an object with milliseconds for {' or '.join(APPS)}), "
            "cpu (an object with the share of the CPU that is left to each), "
            "kubelet (up: starts those that a fault has stopped)"
            f"{', api (a list of mishaps, empty for none), collector (up, down)' if self._api else ''}."
        )

    def _metrics_mode(self, position: Any) -> Callable[[], None]:
        self._one_of("metrics", position, *Mode)
        return lambda: self._metrics.switch(Mode(position))

    def _operator(self, position: Any) -> Callable[[], None]:
        self._one_of("operator", position, "up", "down")
        spec = {"spec": {"replicas": 1 if position == "up" else 0}}
        store = self._world.store

        def scale() -> None:
            for one in self._operators():
                store.patch(DEPLOYMENTS, name_of(one), spec, namespace_of(one))

        return scale

    def _operators(self) -> list[Object]:
        """The stand-in's Deployment, and that of Litmus itself on a cluster that has it."""
        found = self._world.store.list(DEPLOYMENTS, bank.LITMUS)
        return [one for one in found if labels(one["spec"]["template"]).get("name") == bank.OPERATOR]

    def _revert(self, position: Any) -> Callable[[], None]:
        self._one_of("revert", position, "ok", "stuck")
        return lambda: setattr(self._world.troubles, "revert_stuck", position == "stuck")

    def _certificate(self, position: Any) -> Callable[[], None]:
        self._one_of("certificate", position, "valid", "expired")
        return lambda: setattr(self._world.troubles, "certificate_expired", position == "expired")

    def _load(self, position: Any) -> Callable[[], None]:
        factor = self._number("load", position, low=0.0, high=100.0)
        return lambda: setattr(self._world.troubles, "load", factor)

    def _latency(self, position: Any) -> Callable[[], None]:
        delays = {
            app: self._number("latency", value, low=0.0, high=60_000.0) / 1000
            for app, value in self._by_app("latency", position).items()
        }
        return lambda: self._world.troubles.service_latency.update(delays)

    def _cpu(self, position: Any) -> Callable[[], None]:
        shares = {
            app: self._number("cpu", value, low=0.01, high=1.0)
            for app, value in self._by_app("cpu", position).items()
        }
        return lambda: self._world.troubles.service_speed.update(shares)

    def _api_rules(self, api: ApiSwitch, position: Any) -> Callable[[], None]:
        try:
            mishaps = api.read(position)
        except ValueError as error:
            raise BadSwitch(f"{error}.") from None
        return lambda: api.put(mishaps)

    def _collector(self, api: ApiSwitch, position: Any) -> Callable[[], None]:
        self._one_of("collector", position, "up", "down")
        return lambda: api.turn_collector(position == "up")

    def _helper(self, position: Any) -> Callable[[], None]:
        self._one_of("helper", position, "ok", "killed")
        return lambda: setattr(self._world.troubles, "helpers_killed", position == "killed")

    def _kubelet(self, position: Any) -> Callable[[], None]:
        """What only a person with access to the nodes can do. Faults stop them, not a switch."""
        self._one_of("kubelet", position, "up")
        troubles = self._world.troubles

        def start() -> None:
            for node in troubles.downed():
                troubles.start_kubelet(node)

        return start

    def _one_of(self, name: str, position: Any, *known: str) -> None:
        if position not in known:
            raise BadSwitch(f"The switch {name!r} has no position {position!r}. {self._known()}")

    def _number(self, name: str, value: Any, *, low: float, high: float) -> float:
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not good or not low <= value <= high:
            raise BadSwitch(
                f"{name!r} takes a number from {low:g} to {high:g}, not {value!r}. {self._known()}"
            )
        return float(value)

    def _by_app(self, name: str, position: Any) -> dict[str, Any]:
        if not isinstance(position, dict) or any(app not in APPS for app in position):
            raise BadSwitch(f"{name!r} takes an object with {' or '.join(APPS)}. {self._known()}")
        return position

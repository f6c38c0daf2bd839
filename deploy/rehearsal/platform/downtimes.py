"""Nodes that are down, as their kubelets find it: since when, which start again, and which are back."""

from deploy.rehearsal.platform.troubles import Troubles


class Downtimes:
    """As of the last look: the nodes whose machine is `restarting` as of now, and those that are `back`."""

    def __init__(self, troubles: Troubles) -> None:
        self._troubles = troubles
        self._booted_at: dict[tuple[str, str], float] = {}  # (node, cause) -> when its machine has started
        self._down: frozenset[str] = frozenset()
        self.restarting: frozenset[str] = frozenset()
        self.back: frozenset[str] = frozenset()

    def look(self, now: float) -> None:
        """Also ends the restarts whose time is over: a machine starts its kubelet, whoever stopped it."""
        self.restarting = frozenset(self._begun(now))
        for node, cause in [key for key, at in self._booted_at.items() if now >= at]:
            del self._booted_at[node, cause]
            self._troubles.node_effects[node].pop(cause, None)
            self._troubles.start_kubelet(node)
        before, self._down = self._down, frozenset(self._troubles.downed())
        self.back = before - self._down

    def _begun(self, now: float) -> list[str]:
        begun = []
        for node, effects in self._troubles.node_effects.items():
            for cause, effect in effects.items():
                if effect.boots_for and (node, cause) not in self._booted_at:
                    self._booted_at[node, cause] = now + effect.boots_for
                    begun.append(node)
        return begun

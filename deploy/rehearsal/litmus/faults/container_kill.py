"""container-kill: in rounds, each CHAOS_INTERVAL seconds, by the container runtime of the target's node."""

from deploy.rehearsal.litmus.experiment import Waits
from deploy.rehearsal.litmus.faults.by_helper import ByHelper
from deploy.rehearsal.litmus.helper import Site, wait_looking
from deploy.rehearsal.store import Object


class ContainerKill(ByHelper):
    name = "container-kill"

    def put(self, site: Site, target: Object) -> None:
        site.troubles.crashes[site.target_uid] = "Error"

    def hold(self, site: Site, seconds: float) -> Waits:
        """The first kill was `put`. A container that is down is left to come back by itself."""
        interval = float(max(1, site.settings.integer("CHAOS_INTERVAL", "10")))
        elapsed = 0.0
        while elapsed < seconds:
            yield from wait_looking(interval)
            elapsed += interval
            if elapsed < seconds and site.target is not None:
                site.troubles.crashes[site.target_uid] = "Error"

    def take(self, site: Site, target: Object) -> None:
        """Nothing: what was killed is started again by its kubelet."""
        site.troubles.crashes.pop(site.target_uid, None)

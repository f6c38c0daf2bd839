"""disk-fill: a file in the container's own storage. Past the limit the kubelet evicts the pod."""

from deploy.rehearsal.litmus.experiment import Waits
from deploy.rehearsal.litmus.faults.by_helper import ByHelper
from deploy.rehearsal.litmus.faults.pod_stress import limit_of
from deploy.rehearsal.litmus.helper import Site, wait_looking
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.facts import phase
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import PODS, Object
from deploy.rehearsal.store.objects import name_of, namespace_of

MEBIBYTE = 2.0**20
NODE_DISK = 50 * 2.0**30  # bytes that are free on a node
NOTICED_AFTER = 2.0  # seconds until the kubelet measures; a real one does so every ten


class DiskFill(ByHelper):
    name = "disk-fill"

    def effect(self, settings: Settings, target: Object) -> Effect:
        """The file by itself slows nothing down."""
        return Effect()

    def hold(self, site: Site, seconds: float) -> Waits:
        yield from wait_looking(min(NOTICED_AFTER, seconds))
        target = site.target
        if target and fills(site.settings, target):
            site.troubles.evictions.add(site.target_uid)
        yield from wait_looking(max(0.0, seconds - NOTICED_AFTER))

    def take(self, site: Site, target: Object) -> None:
        """Remove the file; an evicted pod is deleted, so that it does not lie around."""
        super().take(site, target)
        site.troubles.evictions.discard(site.target_uid)
        if phase(target) == "Failed":
            site.store.delete(PODS, name_of(target), namespace_of(target), grace=0)


def fills(settings: Settings, target: Object) -> bool:
    """With a limit it is the percentage that counts, without one the mebibytes; "80s" is neither."""
    limit = limit_of(target, "ephemeral-storage")
    if limit:
        return settings.integer("FILL_PERCENTAGE", "80") >= 100
    return settings.integer("EPHEMERAL_STORAGE_MEBIBYTES") * MEBIBYTE > NODE_DISK

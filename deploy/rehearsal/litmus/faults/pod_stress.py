"""The pod-stress family: a stressor in the target's cgroup takes CPU, memory or the disk's time from it."""

from deploy.rehearsal.litmus.faults.by_helper import ByHelper, containers
from deploy.rehearsal.litmus.helper import Site
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.fitting import quantity
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import Object
from deploy.rehearsal.store.objects import dig

NODE_CORES = 8.0
IN_USE = 200 * 2.0**20  # bytes of memory that an application takes by itself
MEGABYTE = 1e6


class PodCpuHog(ByHelper):
    """The CPU limit is shared out fairly between application and stressor. CPU_CORES 0 means all of them."""

    name = "pod-cpu-hog"

    def effect(self, settings: Settings, target: Object) -> Effect:
        cores = settings.integer("CPU_CORES") or NODE_CORES
        wanted = cores * min(settings.integer("CPU_LOAD", "100"), 100) / 100
        limit = limit_of(target, "cpu") or NODE_CORES
        return Effect(speed=limit / (limit + wanted))


class PodMemoryHog(ByHelper):
    """Past its memory limit the container is killed and started again, once: the stressor dies with it."""

    name = "pod-memory-hog"

    def effect(self, settings: Settings, target: Object) -> Effect:
        return Effect()

    def put(self, site: Site, target: Object) -> None:
        super().put(site, target)
        limit = limit_of(target, "memory")
        wanted = site.settings.integer("MEMORY_CONSUMPTION", "500") * MEGABYTE
        if limit and IN_USE + wanted > limit:
            site.troubles.crashes[site.target_uid] = "OOMKilled"


class PodIoStress(ByHelper):
    """Each worker takes as much of the disk's time as a quarter of the application does."""

    name = "pod-io-stress"

    def effect(self, settings: Settings, target: Object) -> Effect:
        return Effect(speed=1 / (1 + settings.integer("NUMBER_OF_WORKERS", "4") / 4))


def limit_of(target: Object, resource: str) -> float:
    """In cores or bytes; 0 where the container has none."""
    text = dig(containers(target), "resources", "limits", resource)
    return quantity(text) if text else 0.0

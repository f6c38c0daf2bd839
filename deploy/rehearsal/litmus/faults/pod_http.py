"""The pod-http family: a proxy in the pod's network, in front of one of its ports."""

from deploy.rehearsal.litmus.faults.by_helper import ByHelper, containers
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import Object
from deploy.rehearsal.traffic.links import Link


class PodHttp(ByHelper):
    """Nothing happens where nobody listens on TARGET_SERVICE_PORT; the readiness probe passes it, too."""

    def link(self, settings: Settings, share: float) -> Link:
        raise NotImplementedError

    def effect(self, settings: Settings, target: Object) -> Effect:
        ports = [one.get("containerPort") for one in containers(target).get("ports") or []]
        if settings.integer("TARGET_SERVICE_PORT", "80") not in ports:
            return Effect()
        link = self.link(settings, settings.integer("TOXICITY", "100") / 100)
        return Effect(answers=(link,), blocks_probes=link.silences)


class PodHttpLatency(PodHttp):
    name = "pod-http-latency"

    def link(self, settings: Settings, share: float) -> Link:
        return Link(latency=settings.integer("LATENCY", "6000") / 1000, share=share)


class PodHttpStatusCode(PodHttp):
    name = "pod-http-status-code"

    def link(self, settings: Settings, share: float) -> Link:
        return Link(spoiled=share, code=settings.integer("STATUS_CODE", "500") or 500)


class PodHttpResetPeer(PodHttp):
    name = "pod-http-reset-peer"

    def link(self, settings: Settings, share: float) -> Link:
        after = settings.integer("RESET_TIMEOUT") / 1000
        return Link(latency=after, share=share, spoiled=share, code=502)


class PodHttpModifyBody(PodHttp):
    """Answered with 200, and useless: a score that cannot be read is none."""

    name = "pod-http-modify-body"

    def link(self, settings: Settings, share: float) -> Link:
        return Link(spoiled=share, code=200)


class PodHttpModifyHeader(PodHttp):
    """Nobody in the practice bank reads headers."""

    name = "pod-http-modify-header"

    def link(self, settings: Settings, share: float) -> Link:
        return Link()

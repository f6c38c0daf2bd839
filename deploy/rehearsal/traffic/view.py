"""What the traffic model is told about the platform at each tick: frozen facts, no Kubernetes objects."""

from dataclasses import dataclass, field

from deploy.rehearsal.traffic.links import Links


@dataclass(frozen=True, slots=True)
class PodFact:
    """One pod behind a service.

    `serving` is true while the pod is in the service's endpoints. A pod that is listed and not serving is
    starting or shutting down: it finishes what it has and is given nothing new. A pod no longer listed is
    dead, and what it still had in flight breaks.
    `speed` scales its capacity (0.5: half the CPU). `answers`, `fraud` and `ledger` are what is wrong with
    its network: on its own answers, and on its calls to fraud-detector and to the ledger.
    """

    uid: str
    serving: bool
    speed: float = 1.0
    answers: Links = ()
    fraud: Links = ()
    ledger: Links = ()


@dataclass(frozen=True, slots=True)
class PlatformView:
    """The platform at one instant. `load` multiplies the usual request rate."""

    payments: tuple[PodFact, ...] = ()
    fraud: tuple[PodFact, ...] = ()
    brokers: dict[str, bool] = field(default_factory=dict)  # broker name -> ready
    load: float = 1.0
    ledger_certificate_valid: bool = True

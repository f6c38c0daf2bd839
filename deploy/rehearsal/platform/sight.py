"""The platform as its traffic sees it: pods behind services, ready brokers, and what is wrong on purpose."""

from deploy.rehearsal.platform import policies
from deploy.rehearsal.platform.facts import phase, restarts
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import NETWORK_POLICIES, PODS, Cluster, Object
from deploy.rehearsal.store.objects import dig, name_of
from deploy.rehearsal.traffic.links import Links
from deploy.rehearsal.traffic.view import PlatformView, PodFact


def view_of(store: Cluster, troubles: Troubles) -> PlatformView:
    brokers, open_ = store.view(PODS, "kafka", labels="app=kafka"), store.endpoints("kafka", "kafka")
    return PlatformView(
        payments=_pods(store, troubles, "payments-api"),
        fraud=_pods(store, troubles, "fraud-detector"),
        brokers={
            name_of(pod): pod["metadata"]["uid"] in open_ and not _is_cut_off(store, pod) for pod in brokers
        },
        load=troubles.load,
        ledger_certificate_valid=not troubles.certificate_expired,
    )


def _is_cut_off(store: Cluster, broker: Object) -> bool:
    """Nobody reaches it, or it reaches nobody: the others elect another leader either way."""
    ways = ("Ingress", "Egress")
    return any(policies.cuts(store, broker, way, policies.PRODUCER) for way in ways)


def _pods(store: Cluster, troubles: Troubles, app: str) -> tuple[PodFact, ...]:
    """A container that was restarted counts as another one: what was open on the old one broke."""
    facts = []
    open_ = store.endpoints("payments", app)
    has_policies = any(True for _ in store.view(NETWORK_POLICIES, "payments"))
    for pod in store.view(PODS, "payments", labels=f"app={app}"):
        if phase(pod) == "Failed":
            continue
        uid = str(pod["metadata"]["uid"])
        effect = troubles.on(uid, app, str(dig(pod, "spec", "nodeName") or ""))
        answers, fraud, ledger = _cut(store, pod, app) if has_policies else ((), (), ())
        facts.append(
            PodFact(
                f"{uid}/{restarts(pod)}",
                uid in open_,
                effect.speed,
                effect.answers + answers,
                effect.fraud + fraud,
                effect.ledger + ledger,
            )
        )
    return tuple(facts)


def _cut(store: Cluster, pod: Object, app: str) -> tuple[Links, Links, Links]:
    caller = policies.GATEWAY if app == "payments-api" else policies.PAYMENTS
    ways = (("Ingress", caller), ("Egress", policies.FRAUD), ("Egress", policies.LEDGER))
    one, two, three = (policies.CUT if policies.cuts(store, pod, *way) else () for way in ways)
    return one, two, three


def serving(store: Cluster, namespace: str, app: str) -> int:
    """How many pods are in the endpoints of a service."""
    return len(store.endpoints(namespace, app))

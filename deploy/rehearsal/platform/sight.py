"""The platform as its traffic sees it: pods behind services, ready brokers, and what is wrong on purpose."""

from deploy.rehearsal.platform.facts import is_serving
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.store import PODS, Store
from deploy.rehearsal.store.objects import name_of
from deploy.rehearsal.traffic.view import PlatformView, PodFact


def view_of(store: Store, troubles: Troubles) -> PlatformView:
    brokers = store.view(PODS, "kafka", labels="app=kafka")
    return PlatformView(
        payments=_pods(store, troubles, "payments-api"),
        fraud=_pods(store, troubles, "fraud-detector"),
        brokers={name_of(pod): is_serving(pod) for pod in brokers},
        load=troubles.load,
        ledger_certificate_valid=not troubles.certificate_expired,
    )


def _pods(store: Store, troubles: Troubles, app: str) -> tuple[PodFact, ...]:
    facts = []
    for pod in store.view(PODS, "payments", labels=f"app={app}"):
        uid = str(pod["metadata"]["uid"])
        effect = troubles.on(uid, app)
        facts.append(PodFact(uid, is_serving(pod), effect.speed, effect.latency))
    return tuple(facts)


def serving(store: Store, namespace: str, app: str) -> int:
    """How many pods are in the endpoints of a service."""
    return sum(is_serving(pod) for pod in store.view(PODS, namespace, labels=f"app={app}"))

"""What a start needs from the cluster, each thing one sentence: it is so, or what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_kinds import CONFIG_MAPS, EXPERIMENTS, PODS, SERVICE_ACCOUNTS
from chaos.adapters.litmus_manifests import LEVER, LitmusSettings
from chaos.adapters.litmus_rights import each_of
from chaos.adapters.parallel import gather
from chaos.domain.errors import Forbidden, GamedayError
from chaos.faults.accounts import ALMIGHTY
from chaos.faults.catalogue import FAULTS
from chaos.faults.experiments import why_not_run
from chaos.faults.own_rights import GAMEDAY, OwnRole
from chaos.ports import Preflight

_CRDS = ("chaosengines", "chaosexperiments", "chaosresults")
_OPERATOR_LABELS = (
    {"name": "chaos-operator"},
    {"app.kubernetes.io/component": "operator"},
    {"app.kubernetes.io/name": "litmus"},
)
_WITHIN = 20.0

Check = Callable[[], Preflight]


def checks(
    api: KubernetesApi, settings: LitmusSettings, experiments: Sequence[str], images: Sequence[str]
) -> tuple[Preflight, ...]:
    """Raises nothing: what could not be checked is not met."""
    every: dict[str, Check] = {
        "Litmus": partial(_crds, api),
        "operator": partial(_operator, api, settings),
        "halt lever": partial(_lever, api, settings),
    }
    for account in sorted({settings.account_of(name) for name in experiments if name in FAULTS}):
        every[f"service account {account}"] = partial(_service_account, api, settings, account)
    for name in experiments:
        every[f"experiment {name}"] = partial(_experiment, api, settings, name, images)
    for role in GAMEDAY:
        for right, resource, verb in each_of(role.here):
            what = f"right to {verb} {resource.plural}"
            every.setdefault(what, partial(_right, api, settings, role, verb, resource, right.name))
    try:
        answers = gather({what: partial(_told, what, check) for what, check in every.items()}, _WITHIN)
    except GamedayError as error:
        return (Preflight("cluster", False, str(error)),)
    return tuple(answers[what] for what in every)


def _told(what: str, check: Check) -> Preflight:
    try:
        return check()
    except GamedayError as error:
        return Preflight(what, False, str(error))


def _crds(api: KubernetesApi) -> Preflight:
    try:
        served = api.read("/apis/litmuschaos.io/v1alpha1").get("resources") or ()
    except NotFound:
        served = ()
    missing = sorted(set(_CRDS) - {str(resource.get("name")) for resource in served})
    if missing:
        return Preflight(
            "Litmus", False, f"The cluster does not know {', '.join(missing)}: install LitmusChaos 3.x."
        )
    return Preflight("Litmus", True, "The cluster has Litmus' resources.")


def _lever(api: KubernetesApi, settings: LitmusSettings) -> Preflight:
    """A halt without the database, or by kubectl, holds it and nothing else does."""
    try:
        lever = api.get(CONFIG_MAPS, settings.namespace, LEVER)
    except NotFound:
        return Preflight("halt lever", True, "The halt lever of the cluster is up.")
    reason = str((lever.get("data") or {}).get("reason") or "no reason was given").rstrip(".")
    return Preflight(
        "halt lever",
        False,
        f"The halt lever of the cluster is down: {reason}. An administrator releases it (the page *Halt*, or "
        "`manage.py halt --release`).",
    )


def _experiment(api: KubernetesApi, settings: LitmusSettings, name: str, images: Sequence[str]) -> Preflight:
    what, where = f"experiment {name}", f"namespace {settings.namespace}"
    try:
        found = api.get(EXPERIMENTS, settings.namespace, name)
    except NotFound:
        return Preflight(what, False, f"There is no ChaosExperiment {name} in {where}: install it there.")
    wrong = why_not_run(found, images)
    if wrong:
        return Preflight(what, False, wrong)
    return Preflight(what, True, f"ChaosExperiment {name} is in {where}.")


def _service_account(api: KubernetesApi, settings: LitmusSettings, name: str) -> Preflight:
    what, where = f"service account {name}", f"namespace {settings.namespace}"
    if name in ALMIGHTY:
        return Preflight(
            what, False, f"{name} may do everything everywhere: register the cluster with another account."
        )
    try:
        api.get(SERVICE_ACCOUNTS, settings.namespace, name)
    except NotFound:
        return Preflight(
            what,
            False,
            f"There is no service account {name} in {where}: install it (`manage.py litmus install`, or "
            "deploy/litmus/accounts).",
        )
    return Preflight(
        what,
        True,
        f"Experiments run as {name} in {where}. What that account may do cannot be seen from here: what it "
        "lacks shows when a fault does not begin (`manage.py litmus check` compares it with what we ship).",
    )


def _operator(api: KubernetesApi, settings: LitmusSettings) -> Preflight:
    """In any namespace if we may look there; else in the chaos namespace; else it stays unknown."""
    for namespace in ("", settings.namespace):
        try:
            pods = [pod for labels in _OPERATOR_LABELS for pod in api.list(PODS, namespace, {**labels})]
        except Forbidden:
            continue
        if any(_is_running_operator(pod) for pod in pods):
            return Preflight("operator", True, "Litmus' operator is running.")
        if not namespace:
            return Preflight(
                "operator",
                False,
                "No running pod of Litmus' operator was found in any namespace: without it no fault starts, "
                "and stopped engines keep their finalizer. Start it (Deployment chaos-operator).",
            )
    return Preflight(
        "operator",
        True,
        "Warning: whether Litmus' operator runs could not be seen: Gameday may not list pods everywhere.",
    )


def _is_running_operator(pod: dict[str, object]) -> bool:
    status, spec = pod.get("status"), pod.get("spec")
    containers = spec.get("containers") or () if isinstance(spec, dict) else ()
    is_operator = any("chaos-operator" in str(container.get("image")) for container in containers)
    return is_operator and isinstance(status, dict) and status.get("phase") == "Running"


def _right(
    api: KubernetesApi, settings: LitmusSettings, role: OwnRole, verb: str, resource: Resource, name: str
) -> Preflight:
    group, which = f".{resource.group}" if resource.group else "", f" {name}" if name else ""
    kind, where = f"{resource.plural}{group}{which}", f"namespace {settings.namespace}"
    what = f"right to {verb} {resource.plural}"
    if api.may(verb, resource, settings.namespace, name):
        return Preflight(what, True, f"Gameday may {verb} {kind} in {where}.")
    return Preflight(
        what,
        False,
        f"Gameday may not {verb} {kind} in {where}, without which it cannot {role.purpose}: apply "
        f"deploy/litmus/accounts/gameday.yaml (role {role.name}).",
    )

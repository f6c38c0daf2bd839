"""What is sent to the cluster, as data: the engine, the grant that owns it and the halt lever. Pure.

Whoever may create a ChaosEngine can run nearly anything there, and litmus-go puts env values into shells.
So nothing passes through: every key and every value is on a list here, or the manifest is Refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos.domain.errors import Refused
from chaos.domain.injection import Injection
from chaos.faults import catalogue, own_rights
from chaos.ports import RunRef

GRANT, LEVER = own_rights.GRANT, own_rights.LEVER
MANAGED_BY = {"app.kubernetes.io/managed-by": "gameday"}
RUN, INSTALLATION = "gameday/run", "gameday/installation"
SCENARIO, INJECTION = "gameday/scenario", "gameday/injection"
GRANT_SECONDS = 30
LEAST_GRACE = 60

_KINDS = ("deployment", "statefulset", "daemonset", "deploymentconfig", "rollout")
_NAME = re.compile(r"^gd-[0-9a-f]{8}-\d{1,3}$")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_EXPERIMENT = re.compile(r"^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$")
_LABEL = re.compile(r"^[A-Za-z0-9][-A-Za-z0-9_./]{0,120}=[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")


@dataclass(frozen=True, slots=True)
class LitmusSettings:
    """Where engines live and as whom experiments run. `grace_seconds` is what helpers have to undo.

    `{family}` in `service_account` stands for the family of the fault's rights: with `chaos-{family}`, what
    deletes pods runs as chaos-pods, and what drains nodes as chaos-drain.
    """

    namespace: str
    service_account: str
    grace_seconds: int = LEAST_GRACE

    def __post_init__(self) -> None:
        if self.grace_seconds < LEAST_GRACE:
            raise Refused(
                f"A grace of {self.grace_seconds} s would kill Litmus' helpers before they have undone the "
                f"fault; {LEAST_GRACE} s is the least.",
                "grace_seconds",
            )

    def account_of(self, fault: str) -> str:
        """As whom the experiment of this fault runs."""
        family = catalogue.find(fault).family
        return self.service_account.replace("{family}", family.name if family else "")


def label_value(text: str) -> str:
    """A valid label value; what had to be changed ends in a digest, so that different stays different."""
    clean = re.sub(r"[^A-Za-z0-9_.-]+", "-", text)
    if clean == text and len(text) <= 63 and clean[:1].isalnum() and clean[-1:].isalnum():
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{clean[:54].strip('-_.') or 'x'}-{digest}"


def labels_of(ref: RunRef) -> dict[str, str]:
    return {
        **MANAGED_BY,
        RUN: label_value(ref.run),
        INSTALLATION: label_value(ref.installation),
        SCENARIO: label_value(ref.scenario),
    }


def is_of(obj: Mapping[str, Any], ref: RunRef) -> bool:
    """Whether the labels say that it belongs to this run of this installation."""
    labels = obj["metadata"].get("labels") or {}
    return (labels.get(RUN), labels.get(INSTALLATION)) == (
        label_value(ref.run),
        label_value(ref.installation),
    )


def result_name(injection: Injection) -> str:
    return f"{injection.name}-{injection.experiment}"


def grant(ref: RunRef, settings: LitmusSettings, now: datetime) -> dict[str, Any]:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": GRANT, "namespace": settings.namespace, "labels": labels_of(ref)},
        "spec": {
            "holderIdentity": f"{ref.installation}/{ref.run}",
            "leaseDurationSeconds": GRANT_SECONDS,
            "acquireTime": micro_time(now),
            "renewTime": micro_time(now),
        },
    }


def lever(reason: str, settings: LitmusSettings, now: datetime) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": LEVER, "namespace": settings.namespace, "labels": dict(MANAGED_BY)},
        "data": {"reason": reason[:1000], "at": micro_time(now)},
    }


def engine(ref: RunRef, injection: Injection, grant_uid: str, settings: LitmusSettings) -> dict[str, Any]:
    """No probes of Litmus', no finalizer (its operator would then never persist a status), one
    experiment, owned by the grant. Raises Refused for whatever is not on the lists."""
    _check_names(injection, grant_uid)
    components: dict[str, Any] = {
        "env": [{"name": key, "value": injection.env[key]} for key in sorted(_checked_env(injection))],
        "statusCheckTimeouts": {"delay": 2, "timeout": 180},
    }
    if injection.nodes:  # on a target it would be evicted by its own fault, and started again
        components["nodeSelector"] = {"kubernetes.io/hostname": injection.keep_to}
    return {
        "apiVersion": "litmuschaos.io/v1alpha1",
        "kind": "ChaosEngine",
        "metadata": {
            "name": injection.name,
            "namespace": settings.namespace,
            "labels": {**labels_of(ref), INJECTION: str(injection.index)},
            "ownerReferences": [
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "name": GRANT, "uid": grant_uid}
            ],
        },
        "spec": {
            "engineState": "active",
            "chaosServiceAccount": settings.account_of(injection.fault),
            "jobCleanUpPolicy": "retain",
            "terminationGracePeriodSeconds": settings.grace_seconds,
            **_application(injection),
            **_runner(injection),
            "experiments": [{"name": injection.experiment, "spec": {"components": components}}],
        },
    }


def _application(injection: Injection) -> dict[str, Any]:
    """A node fault names none: with a namespace or names alone go-runner panics before it has a result."""
    if injection.nodes:
        return {}
    return {
        "appinfo": {
            "appns": injection.namespace,
            "appkind": injection.app_kind,
            "applabel": injection.app_label,
        }
    }


def _runner(injection: Injection) -> dict[str, Any]:
    """Evicted by the fault, the runner would be made anew, and with it a second experiment."""
    if not injection.nodes:
        return {}
    return {"components": {"runner": {"nodeSelector": {"kubernetes.io/hostname": injection.keep_to}}}}


def micro_time(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _check_names(injection: Injection, grant_uid: str) -> None:
    for what, text, pattern in (
        ("engine name", injection.name, _NAME),
        ("experiment", injection.experiment, _EXPERIMENT),
    ):
        if not pattern.fullmatch(text):
            raise Refused(f"{text!r} is not allowed as {what} of a ChaosEngine.")
    if injection.nodes:
        if not grant_uid or not injection.keep_to:
            raise Refused("A node fault needs a grant that owns it, and another node for its own pod.")
        return
    if not _LABEL.fullmatch(injection.app_label):
        label = injection.app_label
        raise Refused(f"{label!r} is not allowed as app label (exactly one key=value) of a ChaosEngine.")
    if injection.app_kind not in _KINDS:
        raise Refused(f"Litmus knows no workload kind {injection.app_kind!r}; it knows {', '.join(_KINDS)}.")
    if injection.namespace and not _NAMESPACE.fullmatch(injection.namespace):
        raise Refused(f"{injection.namespace!r} is not allowed as target namespace of a ChaosEngine.")
    if not injection.namespace or not grant_uid:
        raise Refused("A ChaosEngine needs a target namespace and a grant that owns it.")


def _checked_env(injection: Injection) -> Mapping[str, str]:
    """Litmus reads what it cannot parse as 0, and 0 or nothing as "any pod": both are caught here."""
    env, rules = injection.env, catalogue.find(injection.fault).env_rules()
    for key, value in env.items():
        if key not in rules:
            raise Refused(f"{key} is no setting that {injection.fault} sends to Litmus.", f"env.{key}")
        if not isinstance(value, str) or not re.fullmatch(rules[key], value, re.ASCII):
            raise Refused(f"{value!r} is not allowed for {key}.", f"env.{key}")
    _check_targets(injection)
    if "TOTAL_CHAOS_DURATION" not in env:
        raise Refused("A fault without TOTAL_CHAOS_DURATION would last as Litmus pleases.", "env")
    if int(env.get("CHAOS_INTERVAL", env["TOTAL_CHAOS_DURATION"])) < int(env["TOTAL_CHAOS_DURATION"]):
        raise Refused("CHAOS_INTERVAL below the duration would make several rounds.", "env.CHAOS_INTERVAL")
    return env


def _check_targets(injection: Injection) -> None:
    named = [target.name for target in injection.nodes or injection.targets]
    keys = ("TARGET_NODE", "TARGET_NODES") if injection.nodes else ("TARGET_PODS",)
    key = next((one for one in keys if one in injection.env), keys[0])
    if not named or injection.env.get(key, "").split(",") != named:
        raise Refused(f"{key} must name exactly the injection's targets.", f"env.{key}")

"""The manifests, word by word, and what is refused before it can become one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos.adapters.litmus_manifests import LitmusSettings, engine, grant, label_value, lever
from chaos.domain.errors import Refused
from chaos.ports import RunRef
from tests.adapters.things import an_injection

REF = RunRef("0b5ff2a0-1111-4222-8333-444455556666", "bank-1", "Payments pods fail!")
SETTINGS = LitmusSettings("chaos", "chaos-runner")
NOW = datetime(2026, 3, 1, 9, 0, 0, 250, tzinfo=UTC)
LABELS = {
    "app.kubernetes.io/managed-by": "gameday",
    "gameday/run": "0b5ff2a0-1111-4222-8333-444455556666",
    "gameday/installation": "bank-1",
    "gameday/scenario": label_value("Payments pods fail!"),
}


def manifest(**changes: Any) -> dict[str, Any]:
    return engine(REF, replace(an_injection(REF), **changes), "grant-uid", SETTINGS)


def test_the_engine_says_exactly_this() -> None:
    assert manifest() == {
        "apiVersion": "litmuschaos.io/v1alpha1",
        "kind": "ChaosEngine",
        "metadata": {
            "name": "gd-0b5ff2a0-0",
            "namespace": "chaos",
            "labels": {**LABELS, "gameday/injection": "0"},
            "ownerReferences": [
                {
                    "apiVersion": "coordination.k8s.io/v1",
                    "kind": "Lease",
                    "name": "gameday-grant",
                    "uid": "grant-uid",
                }
            ],
        },
        "spec": {
            "engineState": "active",
            "chaosServiceAccount": "chaos-runner",
            "jobCleanUpPolicy": "retain",
            "terminationGracePeriodSeconds": 60,
            "appinfo": {"appns": "payments", "appkind": "deployment", "applabel": "app=payments-api"},
            "experiments": [
                {
                    "name": "pod-delete",
                    "spec": {
                        "components": {
                            "env": [
                                {"name": "CHAOS_INTERVAL", "value": "30"},
                                {"name": "DEFAULT_HEALTH_CHECK", "value": "false"},
                                {"name": "FORCE", "value": "false"},
                                {"name": "RAMP_TIME", "value": "0"},
                                {"name": "SEQUENCE", "value": "parallel"},
                                {"name": "TARGET_PODS", "value": "api-0,api-1"},
                                {"name": "TOTAL_CHAOS_DURATION", "value": "30"},
                            ],
                            "statusCheckTimeouts": {"delay": 2, "timeout": 180},
                        }
                    },
                }
            ],
        },
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("TARGET_PODS", ""),
        ("TARGET_PODS", "api-0"),
        ("TARGET_PODS", "api-0,api-1,api-2"),
        ("TARGET_PODS", "api-0,api-1;reboot"),
        ("TARGET_PODS", "api-0, api-1"),
        ("TOTAL_CHAOS_DURATION", "30s"),
        ("TOTAL_CHAOS_DURATION", "0"),
        ("TOTAL_CHAOS_DURATION", "-1"),
        ("TOTAL_CHAOS_DURATION", "30\n"),
        ("CHAOS_INTERVAL", "10"),
        ("FORCE", "True"),
        ("SEQUENCE", "random"),
        ("RAMP_TIME", "$(reboot)"),
        ("LIB_IMAGE", "evil:latest"),
        ("PODS_AFFECTED_PERC", "100"),
        ("FORCE", True),
    ],
)
def test_an_env_that_is_not_on_the_list_is_refused(key: str, value: Any) -> None:
    with pytest.raises(Refused) as caught:
        manifest(env={**an_injection(REF).env, key: value})
    assert caught.value.field == f"env.{key}"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "payments"},
        {"name": "gd-0b5ff2a0-0\n"},
        {"experiment": ""},
        {"experiment": "pod-delete; reboot"},
        {"app_label": ""},
        {"app_label": "app=a,tier=b"},
        {"app_label": "app"},
        {"app_kind": "Deployment"},
        {"app_kind": ""},
        {"namespace": ""},
        {"targets": ()},
        {"env": {"TARGET_PODS": "api-0,api-1"}},
    ],
    ids=str,
)
def test_an_injection_that_litmus_would_read_differently_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        manifest(**changes)


def test_an_engine_without_an_owner_is_refused() -> None:
    with pytest.raises(Refused):
        engine(REF, an_injection(REF), "", SETTINGS)


def test_less_grace_than_the_helpers_need_is_refused() -> None:
    with pytest.raises(Refused, match="60 s"):
        LitmusSettings("chaos", "chaos-runner", grace_seconds=59)


def test_the_grant_names_its_holder_and_beats() -> None:
    lease = grant(REF, SETTINGS, NOW)
    assert lease["metadata"] == {"name": "gameday-grant", "namespace": "chaos", "labels": LABELS}
    assert lease["spec"] == {
        "holderIdentity": "bank-1/0b5ff2a0-1111-4222-8333-444455556666",
        "leaseDurationSeconds": 30,
        "acquireTime": "2026-03-01T09:00:00.000250Z",
        "renewTime": "2026-03-01T09:00:00.000250Z",
    }


def test_the_lever_keeps_the_reason() -> None:
    made = lever("incident", SETTINGS, NOW)
    assert made["metadata"]["name"] == "gameday-halt"
    assert made["data"] == {"reason": "incident", "at": "2026-03-01T09:00:00.000250Z"}


@given(st.text())
def test_any_text_becomes_a_valid_label_value(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", label_value(text))


@given(st.text(max_size=100), st.text(max_size=100))
def test_different_texts_stay_different(one: str, other: str) -> None:
    assert (label_value(one) == label_value(other)) is (one == other)

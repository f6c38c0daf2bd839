"""A process that slept between its look at the grant and its create may be the last to think that the run is
on. Others have ended it meanwhile, and given the grant back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest

from chaos.adapters import litmus_manifests as manifests
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus import GRANT_HOLDS, LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Transient
from tests.adapters.things import a_run, an_injection

SETTINGS, REF = LitmusSettings("chaos", "chaos-{family}"), a_run()
AT = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


class Clock:
    at = AT

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api(clock: Clock) -> mock.Mock:
    """Its grant is there; in the middle of reading it the process sleeps for as long as `sleeps` says."""
    api = mock.Mock(spec=KubernetesApi, sleeps=0.0)
    grant = manifests.grant(REF, SETTINGS, AT)

    def get(resource: object, namespace: str, name: str, **_: object) -> object:
        if name != manifests.GRANT:
            raise NotFound(name)
        clock.at = AT + timedelta(seconds=api.sleeps)
        return {**grant, "metadata": {**grant["metadata"], "uid": "uid-grant"}}

    api.get.side_effect = get
    api.create.return_value = {"metadata": {"name": "gd", "uid": "uid-engine"}}
    return api


def test_no_fault_is_started_by_a_grant_that_was_read_long_ago(api: mock.Mock, clock: Clock) -> None:
    api.sleeps = GRANT_HOLDS + 1
    with pytest.raises(Transient, match="too long ago"):
        LitmusCluster(api, SETTINGS, clock.now).inject(REF, an_injection(REF))
    assert not api.create.called


def test_a_fault_is_started_by_a_grant_that_was_just_read(api: mock.Mock, clock: Clock) -> None:
    api.sleeps = GRANT_HOLDS - 1
    LitmusCluster(api, SETTINGS, clock.now).inject(REF, an_injection(REF))
    assert api.create.called

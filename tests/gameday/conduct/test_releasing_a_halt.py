from __future__ import annotations

import pytest

from chaos.domain.errors import Refused
from chaos.models import Halt
from gameday.conduct import services
from tests.gameday.cast import NOW, gather, who

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def halted(monkeypatch: pytest.MonkeyPatch) -> None:
    gather()
    monkeypatch.setattr(services.wiring, "cluster_ports", dict)
    Halt.objects.create(at=NOW, by="fiona", reason="A real incident.")


def _is_held() -> bool:
    return Halt.objects.filter(released_at=None).exists()


def test_an_administrator_releases_a_halt_with_a_reason():
    services.release(who("ada"), "The incident is over.", NOW)
    assert not _is_held()


@pytest.mark.parametrize("username", ["fiona", "anna", "petra", "ravi"])
def test_nobody_else_does_and_is_told_who_may(username: str):
    with pytest.raises(Refused, match=r"may not release a halt; that takes an administrator of a team\."):
        services.release(who(username), "We want to go on.", NOW)
    assert _is_held()

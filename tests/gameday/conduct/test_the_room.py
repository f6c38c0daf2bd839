"""The control room's page: complete without a script, and no more to each than they may know."""

from __future__ import annotations

import json
import re

import pytest

from chaos.domain.states import RunState
from chaos.models import Run
from gameday.conduct.arming import arm
from tests.gameday.cast import NOW, who
from tests.gameday.conduct.conftest import signed_in

pytestmark = pytest.mark.django_db
DAY = "/plans/small-day/day"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_day_before_its_first_run_says_what_to_do_next(day):
    page = text_of(signed_in("fiona").get(DAY))
    assert "Nothing has run yet" in page
    assert "Arming looks at the cluster and changes nothing" in page

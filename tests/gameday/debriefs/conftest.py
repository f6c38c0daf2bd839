from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gameday.debriefs.gather import gather
from gameday.debriefs.sources import DaySource
from gameday.plans.spec import PlanSpec
from tests.gameday.debriefs.a_day import SLUG, START, conducted_day, seconds


@pytest.fixture(autouse=True)
def state_dir(tmp_path: Path, settings: Any) -> Path:
    settings.STATE_DIR = tmp_path / "state"
    return tmp_path / "state"


@pytest.fixture
def conducted(tmp_path: Path) -> PlanSpec:
    return conducted_day(tmp_path / "token")


@pytest.fixture
def day(conducted: PlanSpec) -> DaySource:
    return gather(SLUG, START + seconds(900))[0]

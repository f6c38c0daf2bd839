from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from gameday.debriefs.evidence import Bundle, write_bundle
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


@pytest.fixture
def bundle(conducted: PlanSpec, tmp_path: Path) -> Bundle:
    return write_bundle(SLUG, tmp_path / "out", START + seconds(900))


@pytest.fixture
def unpacked(bundle: Bundle, tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(bundle.path) as archived:
        archived.extractall(folder)
    return folder

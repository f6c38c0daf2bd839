"""A driver's process that is killed: nothing it had in mind is done, and nothing is given back."""

from __future__ import annotations

import pytest

from tests.support.world import World


class Killed(BaseException):
    """kill -9."""


def kill() -> None:
    raise Killed


def drive_until_killed(world: World, seconds: float) -> None:
    """Drive, and die at this second of the virtual clock."""
    world.at(seconds, kill)
    with pytest.raises(Killed):
        world.drive()

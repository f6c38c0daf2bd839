"""Where a plan stands, as the pages of plans show it.

The rules are the approvals policy's, which lies above this slice: the addresses hand its answer in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from gameday.plans.models import Plan


class Standing(Protocol):
    """`status`: ready, rejected, closed, waiting or untold. `missing`: what stands between it and a launch,
    in sentences. `approvals` that count have a `name` and an `expires_at`."""

    @property
    def status(self) -> str: ...

    @property
    def missing(self) -> tuple[str, ...]: ...

    @property
    def approvals(self) -> Sequence[Any]: ...


Standings = Callable[[Sequence[Plan], datetime], Mapping[str, Standing]]
"""By slug; a plan whose document is not accepted any more is left out. Plans come with team and cluster."""

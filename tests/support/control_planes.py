"""Which tests of tier `cluster` share a control plane: xdist keeps those in one process.

xdist 3.8 has groups of its own, written into the tests' ids, which pytest 9 no longer lets it do.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

IMPLEMENTATIONS = ("real-api", "real-litmus")
SHARED = "shared"


class ByControlPlane(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    def _split_scope(self, nodeid: str) -> str:
        return control_plane_of(nodeid)


def control_plane_of(nodeid: str) -> str:
    """Days have one each, and so has each implementation of the contract; all others share one."""
    path, _, name = nodeid.partition("::")
    if path.rpartition("/")[2].startswith("test_day_"):
        return path
    return next(
        (one for one in IMPLEMENTATIONS if path.startswith("tests/adapters/") and one in name), SHARED
    )

"""Tests of tier `cluster` that share a control plane are kept together."""

from __future__ import annotations

import pytest

from tests.support.control_planes import SHARED, control_plane_of


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/cluster/test_day_with_litmus.py::test_a_breach", "tests/cluster/test_day_with_litmus.py"),
        ("tests/adapters/faults/test_contract.py::test_a[real-litmus-node-taint]", "real-litmus"),
        ("tests/adapters/test_cluster_contract.py::test_b[real-api]", "real-api"),
        ("tests/cluster/litmus/test_for_real.py::test_c[node-drain]", SHARED),
        ("tests/cluster/test_rights_own.py::test_d[real-api]", SHARED),
    ],
)
def test_each_test_is_kept_with_those_of_its_control_plane(nodeid: str, group: str) -> None:
    assert control_plane_of(nodeid) == group

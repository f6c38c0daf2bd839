"""The three kinds of patch."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.rehearsal.store.errors import ApiError
from deploy.rehearsal.store.patches import json_patch, merge_patch
from deploy.rehearsal.store.strategic import strategic_merge

_JSON = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=8,
)


def test_a_merge_patch_replaces_lists_merges_maps_and_removes_nulls():
    old = {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": 1}
    assert merge_patch(old, {"a": {"b": None, "d": 3}, "l": [9]}) == {"a": {"c": 2, "d": 3}, "l": [9], "x": 1}
    assert old == {"a": {"b": 1, "c": 2}, "l": [1, 2], "x": 1}, "the old object is left alone"


@given(_JSON, st.dictionaries(st.text(max_size=2), _JSON, max_size=3))
def test_a_merge_patch_applied_twice_is_as_good_as_once(old: Any, patch: dict[str, Any]):
    once = merge_patch(old, patch)
    assert merge_patch(once, patch) == once


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ({"op": "add", "path": "/l/1", "value": 9}, {"l": [1, 9, 2], "m": {"a/b": 1}}),
        ({"op": "add", "path": "/l/-", "value": 9}, {"l": [1, 2, 9], "m": {"a/b": 1}}),
        ({"op": "replace", "path": "/l/0", "value": 9}, {"l": [9, 2], "m": {"a/b": 1}}),
        ({"op": "remove", "path": "/m/a~1b"}, {"l": [1, 2], "m": {}}),
        ({"op": "move", "from": "/l/0", "path": "/x"}, {"l": [2], "m": {"a/b": 1}, "x": 1}),
        ({"op": "copy", "from": "/m", "path": "/x"}, {"l": [1, 2], "m": {"a/b": 1}, "x": {"a/b": 1}}),
        ({"op": "test", "path": "/l/1", "value": 2}, {"l": [1, 2], "m": {"a/b": 1}}),
    ],
)
def test_a_json_patch_does_what_each_operation_says(operation: dict[str, Any], result: Any):
    assert json_patch({"l": [1, 2], "m": {"a/b": 1}}, [operation]) == result


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/a", "value": 2},
        {"op": "remove", "path": "/missing"},
        {"op": "replace", "path": "/missing", "value": 1},
        {"op": "add", "path": "/l/7", "value": 1},
    ],
)
def test_a_json_patch_that_does_not_fit_is_refused(operation: dict[str, Any]):
    with pytest.raises(ApiError) as caught:
        json_patch({"a": 1, "l": []}, [operation])
    assert caught.value.code == 422


def test_a_strategic_patch_merges_containers_and_their_settings_by_name():
    old = {
        "containers": [{"name": "main", "image": "a:1", "env": [{"name": "A", "value": "1"}]}, {"name": "b"}]
    }
    patch = {"containers": [{"name": "main", "env": [{"name": "B", "value": "2"}]}]}
    assert strategic_merge(old, patch)["containers"] == [
        {"name": "main", "image": "a:1", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
        {"name": "b"},
    ]


def test_a_strategic_patch_deletes_what_it_marks_and_replaces_unnamed_lists():
    old = {
        "containers": [{"name": "a"}, {"name": "b"}],
        "args": [1, 2],
        "metadata": {"finalizers": ["x", "y"]},
    }
    patch = {
        "containers": [{"name": "a", "$patch": "delete"}],
        "args": [3],
        "metadata": {"$deleteFromPrimitiveList/finalizers": ["x"]},
        "$setElementOrder/containers": [{"name": "b"}],
    }
    assert strategic_merge(old, patch) == {
        "containers": [{"name": "b"}],
        "args": [3],
        "metadata": {"finalizers": ["y"]},
    }

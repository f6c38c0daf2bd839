"""CSV that no spreadsheet executes, and text without secrets."""

from __future__ import annotations

import pytest

from gameday.debriefs import tables
from gameday.debriefs.secrets import REMOVED, cleaned


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|x", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_is_disarmed_in_csv(text: str) -> None:
    assert tables.cell(text) == "'" + text


@pytest.mark.parametrize("text", ["-3.5", "+2", "plain", "a=b", ""])
def test_numbers_and_plain_text_are_left_alone_in_csv(text: str) -> None:
    assert tables.cell(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl",
        "-----BEGIN EC PRIVATE KEY-----",
        "https://user:hunter2@prometheus.example/",
        "before known-secret-value after",
    ],
)
def test_machine_text_is_cleaned_of_secrets(text: str) -> None:
    assert REMOVED in cleaned({"a": [text]}, ["known-secret-value"])["a"][0]


def test_environment_variables_and_keys_with_secret_names_are_cleaned() -> None:
    manifest = {"env": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "TARGET_PODS", "value": "a,b"}]}
    assert cleaned(manifest, ()) == {
        "env": [{"name": "DB_PASSWORD", "value": REMOVED}, {"name": "TARGET_PODS", "value": "a,b"}]
    }
    assert cleaned({"api_key": "x", "tokens": 3}, ()) == {"api_key": REMOVED, "tokens": 3}

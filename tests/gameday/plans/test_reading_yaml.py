from __future__ import annotations

import pytest

from gameday.plans.problems import PlanRefused, Problem
from gameday.plans.yaml_reader import MAX_BYTES, read


def refused(text: str) -> tuple[str, ...]:
    with pytest.raises(PlanRefused) as refusal:
        read(text.encode(), "plan.yaml")
    return refusal.value.lines


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 1\nb: 2\n", "1:4", "Anchors"),
        ("a: 1\nb: *x\n", "2:4", "Aliases"),
        ("a: !!python/object:os.system x\n", "1:4", "Tags"),
        ("a: !secret x\n", "1:4", "Tags"),
        ("%TAG ! tag:x,2000:\n---\na: 1\n", "1:1", "tag directives"),
        ("a: 1\n---\nb: 2\n", "2:1", "second document"),
        ("a: 1\nb: 2\na: 3\n", "3:1", "a stands here again; it is in line 1"),
        ("a:\n  ? [x]\n  : 1\n", "2:5", "A key is a word"),
        ('a: "x\\0y"\n', "1:4", "character '\\x00'"),
        ("a: [1, 2\nb: 3\n", "2:2", "not YAML"),
        ("a: 1\n\tb: 2\n", "2:1", "not YAML"),
    ],
)
def test_what_a_plan_may_not_hold_is_refused_with_its_place(text: str, place: str, words: str):
    lines = refused(text)
    assert lines[0].startswith(f"plan.yaml:{place}: ")
    assert words in lines[0]


def test_everything_wrong_is_said_at_once_and_in_order():
    lines = refused("a: &x 1\nb: !t 2\na: 3\n")
    assert [line.split(":")[1] for line in lines] == ["1", "2", "3"]


def test_a_file_past_256_kib_is_refused_before_it_is_parsed():
    with pytest.raises(PlanRefused, match="at most 256 KiB"):
        read(b"#" * (MAX_BYTES + 1))


@pytest.mark.parametrize("text", ["[" * 60_000, "a: " + "{b: " * 2_000, "- " * 40_000])
def test_deep_nesting_is_refused_and_not_followed(text: str):
    with pytest.raises(PlanRefused):
        read(text.encode())


def test_twenty_levels_are_read_and_one_more_is_refused():
    assert read(("[" * 20 + "]" * 20).encode()).document
    assert "deeper than 20" in refused("[" * 21 + "]" * 21)[0]


@pytest.mark.parametrize(("data", "words"), [(b"", "empty"), (b"# only\n", "empty"), (b"\xff\xfe", "UTF-8")])
def test_a_file_that_holds_no_text_is_refused(data: bytes, words: str):
    with pytest.raises(PlanRefused, match=words):
        read(data)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("false", False), ("", None), ("null", None), ("12", 12), ("-1.5", -1.5),
        ("no", "no"), ("on", "on"), ("0x1f", "0x1f"), ("007", "007"), ("1_000", "1_000"), ("12:30", "12:30"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"), ("'12'", "12"), (".inf", ".inf"), (".nan", ".nan"),
        ("9007199254740993", float(9007199254740993)), ("<<", "<<"),
        ("0.0015392829771928593", 0.0015392829771928593),
    ],
)  # fmt: skip
def test_a_scalar_means_one_thing_only(text: str, value: object):
    read_value = read(f"a: {text}\n".encode()).document["a"]
    assert read_value == value
    assert type(read_value) is type(value)


def test_keys_are_always_text():
    assert read(b"{1: a, true: b, <<: c}").document == {"1": "a", "true": "b", "<<": "c"}


def test_every_part_knows_its_line_and_column():
    source = read(b"a:\n  - b: 1\n    c: 2\n", "p.yaml")
    assert source.line(Problem(("a", 0, "c"), "Wrong.")) == "p.yaml:3:8: a[0].c: Wrong."
    assert source.line(Problem(("a", 0, "c"), "Wrong.", at_key=True)) == "p.yaml:3:5: a[0].c: Wrong."


def test_what_is_missing_is_placed_where_it_belongs():
    assert (
        read(b"a:\n  - b: 1\n", "p.yaml").line(Problem(("a", 0, "z"), "Gone.")) == "p.yaml:2:5: a[0].z: Gone."
    )

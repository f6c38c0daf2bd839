"""Plain form and canonical form: what is digested must be the same on every machine and lose nothing."""

import decimal
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.domain import codec
from chaos.domain.injection import Injection
from chaos.domain.run import Marks
from chaos.domain.spec import Comparison, Op, RunSpec
from chaos.domain.targets import Limits
from tests.support.builders import a_manual_spec, a_spec, injections_of

MODEST = settings(max_examples=60, deadline=None)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    text: str
    flag: bool


@dataclass(frozen=True)
class Everything:
    number: int
    wait: timedelta
    at: datetime
    bound: Decimal
    colour: Colour
    inner: Inner
    many: tuple[Inner, ...]
    labels: dict[str, str]
    maybe: Inner | None = None
    names: tuple[str, ...] = field(default=())


WHOLE = 2**53 - 1  # what JSON numbers hold exactly
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
INNER = st.builds(Inner, TEXT, st.booleans())
EVERYTHING = st.builds(
    Everything,
    number=st.integers(-WHOLE, WHOLE),
    wait=st.integers(-(10**10), 10**10).map(lambda ms: timedelta(milliseconds=ms)),
    at=st.datetimes(timezones=st.just(UTC)),
    bound=DECIMALS,
    colour=st.just(Colour.RED),
    inner=INNER,
    many=st.lists(INNER, max_size=2).map(tuple),
    labels=st.dictionaries(TEXT, TEXT, max_size=3),
    maybe=st.none() | INNER,
    names=st.lists(TEXT, max_size=2).map(tuple),
)


@MODEST
@given(EVERYTHING)
def test_every_type_comes_back_as_it_was(value):
    through_json = json.loads(json.dumps(codec.to_plain(value)))
    assert codec.from_plain(Everything, through_json) == value


@MODEST
@given(DECIMALS)
def test_a_decimal_is_written_exactly_whatever_precision_this_process_computes_with(value):
    with decimal.localcontext(prec=3):
        plain = codec.to_plain(value)
    assert Decimal(plain) == value
    assert "E" not in plain


@MODEST
@given(EVERYTHING)
def test_the_canonical_form_does_not_depend_on_the_order_of_keys(value):
    turned = replace(value, labels=dict(reversed(value.labels.items())))
    assert codec.canonical(turned) == codec.canonical(value)


@pytest.mark.parametrize("one, other", [("200", "200.00"), ("0", "-0.0"), ("2E+2", "200"), ("1.50", "1.5")])
def test_numbers_that_are_equal_have_one_digest(one, other):
    assert codec.digest(Decimal(one)) == codec.digest(Decimal(other))


def test_an_instant_is_written_in_utc_wherever_it_was_taken():
    india = timezone(timedelta(hours=5, minutes=30))
    assert codec.to_plain(datetime(2026, 7, 1, 15, 30, tzinfo=india)) == "2026-07-01T10:00:00.000000Z"


NO_RULE = {
    "a float": 0.5,
    "NaN": float("nan"),
    "a float inside a mapping": {"a": 1.0},
    "a float inside a tuple": (1, 2.5),
    "a set": {1},
    "bytes": b"x",
    "any object": object(),
    "a class": Inner,
    "an instant without a zone": datetime(2026, 7, 1),
    "a decimal that is no number": Decimal("NaN"),
}


@pytest.mark.parametrize("value", NO_RULE.values(), ids=NO_RULE)
def test_what_has_no_rule_is_refused(value):
    with pytest.raises(TypeError):
        codec.to_plain(value)


@pytest.mark.parametrize(
    "kind, data",
    [
        (int, True),
        (int, 1.0),
        (bool, 1),
        (str, 5),
        (timedelta, 1.5),
        (timedelta, True),
        (datetime, 5),
        (datetime, "yesterday"),
        (Decimal, 0.1),
        (Decimal, "many"),
        (Colour, "blue"),
        (tuple[str, ...], "abc"),
        (dict[str, str], ["a"]),
        (Inner, {"text": "x"}),
        (Inner, {"text": "x", "flag": True, "more": 1}),
        (Inner, "x"),
    ],
)
def test_what_does_not_fit_is_refused_and_never_bent(kind, data):
    with pytest.raises((TypeError, ValueError)):
        codec.from_plain(kind, data)


@pytest.mark.parametrize("spec", [a_spec(), a_manual_spec()], ids=["pods", "by hand"])
def test_a_spec_and_its_injections_come_back_from_the_database_with_the_same_digest(spec):
    stored = json.loads(json.dumps(codec.to_plain(spec)))
    assert codec.from_plain(RunSpec, stored).digest == spec.digest
    for injection in injections_of(spec):
        assert codec.from_plain(Injection, codec.to_plain(injection)) == injection


def test_missing_fields_take_their_defaults_so_that_old_rows_can_be_read():
    assert codec.from_plain(Marks, {}) == Marks()
    assert codec.from_plain(Limits, {"max_percent": 50}) == Limits(max_percent=50)


def test_the_digest_of_a_spec_is_the_same_on_every_machine_and_in_every_year():
    """Approvals are bound to it. If this fails, `spec_version` must change with it."""
    assert a_spec().digest == GOLDEN
    assert a_spec(title="Pod failure ").digest != GOLDEN


def test_a_bound_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        Comparison(Op.BELOW, Decimal("Infinity"))


GOLDEN = "34b41e5d34258121506fb93476d01cc7ec7147ae43fa97ca7dcbb87a22ea79da"

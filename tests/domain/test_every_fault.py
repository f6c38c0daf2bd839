"""What holds of every fault of the catalogue, whichever it is."""

import re
from datetime import timedelta

import pytest

from chaos.domain.durations import format_duration
from chaos.domain.errors import Refused
from chaos.faults import example
from chaos.faults.catalogue import FAULTS
from chaos.faults.kinds import Choice, Duration, Flag, Whole

EVERY = pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
NASTY = ["$(reboot)", "`id`", "a;b", 'a"b', "a'b", "a\nb", "a b\x00", "x" * 5000, True, -1, [], {}, None]
"""Nothing of the kind may reach a shell, a query or a manifest."""


@EVERY
def test_its_example_is_canonical_once_and_for_all(fault):
    canonical = fault.canonical(example.parameters(fault))
    assert fault.canonical(canonical) == canonical
    assert all(isinstance(value, str) and value for value in canonical.values())


@EVERY
def test_it_is_explained_in_whole_sentences(fault):
    for text in (
        fault.effect,
        fault.risk,
        fault.proof,
        fault.stops,
        *(item.what for item in fault.parameters),
    ):
        assert re.fullmatch(r"[A-Z].*[.]", text, re.DOTALL), text
    assert fault.title and not fault.title.endswith(".")


@EVERY
def test_a_parameter_that_must_be_given_has_an_example_and_is_missed_by_name(fault):
    for item in (one for one in fault.parameters if one.default is None):
        assert item.example, item.name
        left = {name: value for name, value in example.parameters(fault).items() if name != item.name}
        with pytest.raises(Refused, match=f"{fault.name} needs {item.name}: ") as caught:
            fault.canonical(left)
        assert caught.value.field == item.name


@EVERY
def test_a_parameter_that_it_does_not_have_is_refused(fault):
    for key in ("TARGET_PODS", "LIB_IMAGE", "cmd", ""):
        with pytest.raises(Refused, match="has no parameter") as caught:
            fault.canonical(example.parameters(fault) | {key: "1"})
        assert caught.value.field == key


@EVERY
@pytest.mark.parametrize("value", NASTY, ids=repr)
def test_nothing_nasty_passes_into_the_environment(fault, value):
    for item in (one for one in fault.parameters if one.env):
        try:
            canonical = fault.canonical(example.parameters(fault) | {item.name: value})
        except Refused as error:
            assert str(error).endswith(".")
            continue
        sent = item.kind.env(canonical[item.name]) if item.name in canonical else ""
        assert not re.search(r"[$`;'\\\n\x00]", sent), (item.name, sent)


@EVERY
def test_what_is_outside_its_limits_is_refused_with_the_limits_in_the_sentence(fault):
    for item in fault.parameters:
        wrong = []
        if isinstance(item.kind, Whole):
            wrong = [item.kind.least - 1, item.kind.most + 1]
        if isinstance(item.kind, Duration):
            wrong = [format_duration(item.kind.most + timedelta(seconds=1)), "5", 5]
        if isinstance(item.kind, Choice | Flag):
            wrong = ["sideways"]
        for value in wrong:
            with pytest.raises(Refused) as caught:
                fault.canonical(example.parameters(fault) | {item.name: value})
            assert caught.value.field == item.name
            assert repr(value) in str(caught.value) or str(value) in str(caught.value)

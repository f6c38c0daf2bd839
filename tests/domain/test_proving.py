"""A probe that never noticed the fault proves nothing of its end."""

import pytest

from chaos.domain.injection import Progress
from chaos.domain.proving import unmoved
from chaos.domain.states import RunState
from tests.domain.views import a_view, ago, readings
from tests.support.builders import a_latency_spec, a_spec

PROGRESS = Progress(0, requested_at=ago(14), injected_at=ago(12), reverted_at=ago(5))


def found(*values, last=0.0, spec=None, progress=PROGRESS):
    """`values` one a second, the last one `last` seconds ago; the fault was there 12 to 5 seconds ago."""
    view = a_view(RunState.REVERTING, spec or a_latency_spec(), progress=(progress,))
    return unmoved(view, {"p99": readings(*values, last=last)})


@pytest.mark.parametrize(
    ("values", "last", "expected"),
    [
        ((120.0, 120.0), 6, ("p99",)),
        ((120.0, None, 120.0), 6, ("p99",)),
        ((120.0, 300.0, 120.0), 6, ()),
        ((None, None), 6, ()),
        ((), 6, ()),
        ((300.0, 120.0, 120.0), 10.5, ("p99",)),
        ((120.0, 120.0, 300.0), 4.5, ("p99",)),
    ],
    ids=["quiet", "blind between", "noticed", "blind", "never read", "bad before", "bad after"],
)
def test_only_what_was_known_while_the_fault_was_there_counts(values, last, expected):
    assert found(*values, last=last) == expected


def test_a_fault_that_is_proven_without_a_probe_or_was_never_there_has_no_such_probe():
    assert found(120.0, last=6, spec=a_spec()) == ()
    assert found(120.0, last=6, progress=Progress(0, requested_at=ago(14))) == ()

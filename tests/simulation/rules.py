"""The safety rules, each with a way to switch it off: then the simulator must find something wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

RULES: Mapping[str, Callable[[], AbstractContextManager[object]]] = {}


@contextmanager
def without(rule: str) -> Iterator[None]:
    """Run without this rule; with all of them for ""."""
    with RULES[rule]() if rule else nullcontext():
        yield

"""How a write over the API is to be done."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Write:
    """`strict` refuses unknown fields, which otherwise go to `warn`."""

    dry_run: bool = False
    strict: bool = False
    warn: Callable[[str], None] = lambda text: None


PLAIN = Write()

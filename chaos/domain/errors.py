"""Errors that say who acts next: `Refused` the human, `Transient` the loop, `Permanent` nobody.

Adapters translate every library's error into one of these at the edge and chain the cause.
"""

from __future__ import annotations


class GamedayError(Exception):
    """Base of all our errors; `str(error)` is a sentence for a person."""


class Refused(GamedayError):
    """What was asked is not allowed or makes no sense; a person must change something.

    `field` names the place in the input (a dotted path), if there is one.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class OverLimits(Refused):
    """It goes past what the cluster's administrator allows; the sentence names the limit and its value."""


class Transient(GamedayError):
    """It may work when tried again. `retry_after` is in seconds, None when the server gave no hint.

    The call may or may not have taken effect: a timed-out create exists until proven otherwise.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Forbidden(Transient):
    """The cluster refused a verb to us (403). It is retried for ever: rights can come back."""


class Permanent(GamedayError):
    """It will not work however often it is tried, and nobody needs to be asked."""


class StoreUnavailable(Transient):
    """The database could not be read or written."""

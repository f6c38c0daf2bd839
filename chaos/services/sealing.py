"""Credentials at rest: sealed with the first of the installation's keys, opened with whichever made them.

What is sealed is text that may lie in the database, its backups and the address book. It is opened where a
header is written, and nowhere else. To change keys, put a new one first, seal anew, then drop the old one.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from chaos.domain.errors import Forbidden, Refused


def seal(secret: str) -> str:
    """Empty stays empty. Raises Refused when the keys are none."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def opened(sealed: str, what: str) -> str:
    """The secret. Raises Forbidden, naming `what` ("The token of home"), when no key opens it.

    Forbidden is tried again for ever: a key that is missing here can come back.
    """
    try:
        return _keys().decrypt(sealed).decode()
    except (InvalidToken, Refused) as error:
        raise Forbidden(
            f"{what} was sealed with a key that is not among GAMEDAY_SECRET_KEYS (or the state folder's "
            "credential-keys) of this process. Bring the key back, or enter the secret again."
        ) from error


def sealed_anew(sealed: str, what: str) -> str:
    """The same secret under the first key. Raises Forbidden, as `opened`."""
    return seal(opened(sealed, what)) if sealed else ""


def keys() -> frozenset[str]:
    """The keys themselves, for whoever makes sure that none leaves with the evidence."""
    return frozenset(settings.CREDENTIAL_KEYS)


def _keys() -> MultiFernet:
    return _cached(tuple(settings.CREDENTIAL_KEYS))


@lru_cache(maxsize=4)
def _cached(given: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in given])
    except (ValueError, TypeError) as error:
        raise Refused(
            "GAMEDAY_SECRET_KEYS holds something that is no key; `manage.py cluster new-key` prints one.",
            "GAMEDAY_SECRET_KEYS",
        ) from error

"""What `manage.py check` says of the keys that seal credentials."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from chaos.domain.errors import Refused
from chaos.services import sealing


@register(Tags.security)
def keys_are_keys(**_: Any) -> list[CheckMessage]:
    """A key that is none would be found out by the first registration, or the first stop."""
    try:
        sealing.seal("anything")
    except Refused as refusal:
        return [Error(str(refusal), id="gameday.E001")]
    return []


@register(Tags.security, deploy=True)
def keys_are_given(**_: Any) -> list[CheckMessage]:
    """In production each process has the same keys, and so has whoever restores a backup."""
    if settings.CREDENTIAL_KEYS_ARE_GIVEN:
        return []
    text = (
        "GAMEDAY_SECRET_KEYS is not set: credentials of clusters are sealed with a key of this machine alone."
    )
    hint = "Print one with `manage.py cluster new-key`, and give it to web, workers and beat alike."
    return [Warning(text, hint=hint, id="gameday.W001")]

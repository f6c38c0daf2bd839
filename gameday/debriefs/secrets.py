"""No secret leaves with the evidence: machine text is cleaned, anything left over stops the export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chaos.domain.errors import Refused

REMOVED = "[removed: a secret]"
PATTERNS: dict[str, re.Pattern[str]] = {
    "a bearer token": re.compile(r"\bBearer\s+[A-Za-z0-9._~+/=-]{16,}", re.IGNORECASE),
    "a JSON web token": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a cloud access key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a forge token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|glpat-[A-Za-z0-9_-]{20,})"),
    "a chat token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    "a password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"']+:[^\s/@\"']+@", re.IGNORECASE),
}
_NAMES = re.compile(r"(?:^|[_.-])(?:password|passwd|secret|token|api[_-]?key|authorization)$", re.IGNORECASE)
_SHORTEST = 8
"""Shorter configured values (a test's "x") would be found everywhere."""


def cleaned(value: Any, known: Iterable[str]) -> Any:
    """A manifest or an answer of the cluster without what is or looks like a secret."""
    secrets = [secret for secret in known if len(secret) >= _SHORTEST]
    return _clean(value, secrets)


def _clean(value: Any, known: list[str]) -> Any:
    if isinstance(value, str):
        for secret in known:
            value = value.replace(secret, REMOVED)
        for pattern in PATTERNS.values():
            value = pattern.sub(REMOVED, value)
        return value
    if isinstance(value, Mapping):
        named = str(value.get("name", ""))
        return {
            key: REMOVED if _is_secret(key, named, item) else _clean(item, known)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(item, known) for item in value]
    return value


def _is_secret(key: str, name: str, item: Any) -> bool:
    """By its key, or as the `value` of an environment variable by its name."""
    if not isinstance(item, str) or not item:
        return False
    return bool(_NAMES.search(key) or (key == "value" and _NAMES.search(name)))


def refuse_secrets(files: Mapping[str, bytes], known: Iterable[str]) -> None:
    """Raises Refused naming the file and the kind of secret, never the secret itself."""
    secrets = [secret for secret in known if len(secret) >= _SHORTEST]
    for path, content in files.items():
        text = content.decode("utf-8", "replace")
        if any(secret in text for secret in secrets):
            raise Refused(f"{path} would hold a credential of this installation; nothing was written.", path)
        if path in ("SPEC.md", "verify.py"):
            continue
        for kind, pattern in PATTERNS.items():
            if pattern.search(text):
                raise Refused(
                    f"{path} would hold {kind}; nothing was written. If a person wrote it, revoke that "
                    "secret first; the journal keeps the text, so have it looked at by an administrator.",
                    path,
                )

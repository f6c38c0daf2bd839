"""Bearer tokens: a restricted one for the product, an unrestricted one for the person at kubectl."""

import secrets
from pathlib import Path

from deploy.rehearsal.api import Tokens
from deploy.rehearsal.platform import access


def grant_account(tokens: Tokens, account: str) -> str:
    """A new token that may do what the roles of the product, or of its watchdog, allow, and no more."""
    token = secrets.token_urlsafe(32)
    tokens.grant(token, f"system:serviceaccount:{access.HOME}:{account}", access.rules_of(account))
    return token


def grant_admin(tokens: Tokens) -> str:
    token = secrets.token_urlsafe(32)
    tokens.grant(token, "rehearsal-admin")
    return token


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)

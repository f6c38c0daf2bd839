"""Secrets that a bare machine makes for itself."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def long_secret() -> str:
    return secrets.token_urlsafe(50)


def fernet_key() -> str:
    """A key that seals credentials, as GAMEDAY_SECRET_KEYS takes it: 32 random bytes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def kept_secret(path: Path, make: Callable[[], str] = long_secret) -> str:
    """The secret in `path`, made on first use; mode 0600. Two processes at once get the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
        try:
            os.link(draft, path)  # atomic, and never over another process's
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()

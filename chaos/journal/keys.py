"""The installation's signing key: made once in the state folder, readable by its owner only."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings


def key_path() -> Path:
    """Where the private key lies (PEM, mode 0600)."""
    return Path(settings.STATE_DIR) / "journal-key"


def signing_key() -> Ed25519PrivateKey:
    """The installation's key, made on first use. Two processes at once get the same one."""
    path = key_path()
    if not path.exists():
        _make(path)
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise RuntimeError(f"{path} is not an Ed25519 key; move it away and a new one will be made.")
    return key


def trusted_keys() -> dict[str, Ed25519PublicKey]:
    """By key id: our own key, and former ones kept beside it as `journal-key-*.pub` (PEM)."""
    keys = [signing_key().public_key()] if key_path().exists() else []
    for path in sorted(key_path().parent.glob("journal-key-*.pub")):
        former = load_pem_public_key(path.read_bytes())
        if isinstance(former, Ed25519PublicKey):
            keys.append(former)
    return {key_id(key): key for key in keys}


def key_id(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, in hex."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The public key as `openssl` reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def is_signed_by(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is `key`'s over exactly `message`."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        os.link(draft, path)  # atomic, and never over another process's
    except FileExistsError:
        pass
    finally:
        draft.unlink()

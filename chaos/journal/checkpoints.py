"""Checkpoints: a signed list of every stream's head, chained to the checkpoint before.

Whoever keeps one outside this machine can tell later whether anything before it was rewritten.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from chaos.domain import codec
from chaos.journal import ORGANISATION, keys
from chaos.journal.chain import GENESIS
from chaos.journal.models import Checkpoint, JournalStream

log = logging.getLogger(__name__)


def checkpoint(now: datetime) -> Checkpoint:
    """Sign every head as it stands now. `now` is UTC. Cheap enough for every run's end."""
    with transaction.atomic():
        # One at a time: the organisation's head is the lock, as for opening a stream.
        JournalStream.objects.select_for_update().filter(name=ORGANISATION).first()
        last = Checkpoint.objects.order_by("-number").first()
        heads = JournalStream.objects.order_by("name").values_list("name", "last_seq", "last_hash")
        key = keys.signing_key()
        payload = codec.canonical(
            {
                "v": 1,
                "number": last.number + 1 if last else 1,
                "at": now,
                "prev": digest_of(last.payload) if last else GENESIS,
                "heads": [{"stream": name, "seq": seq, "hash": hash} for name, seq, hash in heads],
            }
        )
        return Checkpoint.objects.create(
            number=last.number + 1 if last else 1,
            at=now,
            payload=payload.decode(),
            signature=key.sign(payload).hex(),
            key_id=keys.key_id(key.public_key()),
        )


def sign_an_end(at: datetime) -> None:
    """Every run's end is signed. A signature that fails is made good by the next one: no run waits for it."""
    try:
        checkpoint(at)
    except Exception:
        log.exception("The journal could not be signed at the end of a run.")


def digest_of(payload: str) -> str:
    """SHA-256 of a checkpoint's payload, in hex: what the next one names as `prev`."""
    return hashlib.sha256(payload.encode()).hexdigest()


def exported(found: Checkpoint) -> dict[str, Any]:
    """The checkpoint as a file holds it; `payload` is the exact text under the signature."""
    return {"payload": found.payload, "signature": found.signature, "key_id": found.key_id}


def payload_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What an exported checkpoint says, if one of our keys signed it. Raises ValueError when none did."""
    try:
        payload, signature = str(document["payload"]), bytes.fromhex(document["signature"])
        key = keys.trusted_keys().get(document["key_id"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"It is not a checkpoint ({error}).") from error
    if key is None:
        raise ValueError(
            f"It is signed with key {document['key_id'][:16]}…, which is not this installation's. If it was, "
            f"put its public key beside {keys.key_path()} as journal-key-former.pub."
        )
    if not keys.is_signed_by(key, signature, payload.encode()):
        raise ValueError("Its signature does not fit its content; it was edited.")
    return dict(json.loads(payload))

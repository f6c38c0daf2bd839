"""A worker with a mine laid in it: `python -m tests.crash.mined CHECKPOINT worker …` kills itself and all its
children with SIGKILL the first time it gets to that checkpoint.

Nothing in the product knows of checkpoints: its own functions are wrapped here.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

Is = Callable[..., bool]
SENT = 0.3
"""Seconds after which a call is on its way, and is not answered yet: the API server is told to be slow."""


def die() -> None:
    os.killpg(os.getpgrp(), signal.SIGKILL)


def after(owner: type, name: str, it_is: Is = lambda *_, **__: True) -> None:
    """Die when that call has come back."""
    real = getattr(owner, name)

    @wraps(real)
    def mined(*args: Any, **options: Any) -> Any:
        answer = real(*args, **options)
        if it_is(*args, **options):
            die()
        return answer

    setattr(owner, name, mined)


def before(owner: type, name: str, it_is: Is) -> None:
    """Die instead of that call."""
    real = getattr(owner, name)

    @wraps(real)
    def mined(*args: Any, **options: Any) -> Any:
        if it_is(*args, **options):
            die()
        return real(*args, **options)

    setattr(owner, name, mined)


def amid(owner: type, name: str, it_is: Is = lambda *_, **__: True) -> None:
    """Die when that call is sent and not answered."""
    real = getattr(owner, name)

    @wraps(real)
    def mined(*args: Any, **options: Any) -> Any:
        if it_is(*args, **options):
            threading.Timer(SENT, die).start()
        return real(*args, **options)

    setattr(owner, name, mined)


def lay(checkpoint: str) -> None:
    """Raises KeyError for a checkpoint that nobody knows."""
    from chaos.adapters.kubernetes_api import KubernetesApi
    from chaos.adapters.litmus import LitmusCluster
    from chaos.adapters.litmus_kinds import ENGINES
    from chaos.services.store import DjangoStore

    def of_an_engine(_: object, resource: Any, *__: Any, **___: Any) -> bool:
        return bool(resource == ENGINES)

    def intends(_: object, run: str, fence: int, change: Any) -> bool:
        return any(item.requested_at == change.at for item in change.progress)

    def sees_it_in(_: object, run: str, fence: int, change: Any) -> bool:
        return any(item.injected_at for item in change.progress)

    def stops(_: object, run: str, fence: int, change: Any) -> bool:
        return change.stop is not None

    def sees_it_gone(_: object, run: str, fence: int, change: Any) -> bool:
        return change.marks is not None and change.marks.clean_at is not None

    mines: dict[str, Callable[[], None]] = {
        "grant-made": lambda: after(LitmusCluster, "take_grant"),
        "intent-written": lambda: after(DjangoStore, "record", intends),
        "create-sent": lambda: amid(KubernetesApi, "create", of_an_engine),
        "created": lambda: after(KubernetesApi, "create", of_an_engine),
        "injected": lambda: after(DjangoStore, "record", sees_it_in),
        "stop-latched": lambda: after(DjangoStore, "record", stops),
        "first-delete-sent": lambda: amid(KubernetesApi, "delete"),
        "gone": lambda: before(DjangoStore, "record", sees_it_gone),
    }
    mines[checkpoint]()


def main() -> None:
    """Becomes the Celery worker of the arguments that follow the checkpoint."""
    checkpoint, *arguments = sys.argv[1:]
    import django

    django.setup()
    lay(checkpoint)
    sys.argv = ["celery", *arguments]
    from celery.__main__ import main as celery

    celery()


if __name__ == "__main__":
    main()

"""A cluster whose address is none: every verb says so, and it keeps nobody from stopping the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn, cast

from chaos.domain.errors import GamedayError
from chaos.ports import Cluster


def unusable(why: GamedayError) -> Cluster:
    """Whatever it is asked raises `why`."""
    return cast(Cluster, _Unusable(why))


class _Unusable:
    def __init__(self, why: GamedayError) -> None:
        self._why = why

    def __getattr__(self, verb: str) -> Callable[..., NoReturn]:
        def refuse(*_: object) -> NoReturn:
            raise self._why

        return refuse

"""What people do to the practice platform by hand, as the rehearsal cluster offers it: its switches."""

import json
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

from .stack import Stack

WITHIN = 5.0  # seconds


def turner(stack: Stack) -> Callable[[Mapping[str, Any]], None]:
    """A function that turns switches of this stack's cluster. It raises OSError where that fails."""

    def turn(settings: Mapping[str, Any]) -> None:
        request = urllib.request.Request(  # noqa: S310 - our own http address
            f"{stack.platform_url}/rehearsal/switches",
            data=json.dumps(dict(settings)).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=WITHIN) as answer:
            answer.read()

    return turn

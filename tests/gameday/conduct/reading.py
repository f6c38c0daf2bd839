"""Pages as somebody reads them."""

from __future__ import annotations

import html
import re
from typing import Any

from tests.gameday.conduct.conftest import signed_in

DAY = "/plans/small-day/day"


def text_of(answer: Any) -> str:
    """The page's words: its data and its tags left out."""
    page = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def page(username: str, address: str = DAY) -> str:
    answer = signed_in(username).get(address)
    assert answer.status_code == 200
    return text_of(answer)

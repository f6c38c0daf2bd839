"""An instant as people enter it: a date and time on a clock, and the zone of that clock."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from gameday.plans.forms.kinds import LEFT_OUT, Inputs, Kind, main

_STORED = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d(?:\.\d+)?)([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_MINUTES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)
_OFFSET = re.compile(r"[+-]\d\d:\d\d", re.ASCII)
UTC = "UTC"


class Instant(Kind):
    widget = "instant"
    end = "~zone"

    def write(self, value: Any) -> Inputs:
        match = _STORED.fullmatch(str(value))
        if not match:
            return {"": [str(value)], self.end: [UTC]}
        day, minutes, seconds, zone = match.groups()
        local = f"{day}T{minutes}" + ("" if seconds == ":00" else seconds)
        return {"": [local], self.end: [UTC if zone in "Zz" else zone]}

    def read(self, inputs: Inputs) -> Any:
        local, zone = main(inputs).strip(), main(inputs, self.end).strip()
        if not local:
            return LEFT_OUT
        if _MINUTES.fullmatch(local):
            local += ":00"
        return local + _suffix(local, zone)


def _suffix(local: str, zone: str) -> str:
    """What RFC 3339 wants behind a time on a clock of `zone`; the zone itself where there is no such zone."""
    if zone.upper() in (UTC, "Z"):
        return "Z"
    if _OFFSET.fullmatch(zone):
        return zone
    try:
        offset = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).strftime("%z")
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return f" {zone}".rstrip()
    return f"{offset[:3]}:{offset[3:5]}"


@cache
def zones() -> tuple[str, ...]:
    """The names of the world's clocks, as a region and a place; UTC first."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (UTC, *sorted(places))

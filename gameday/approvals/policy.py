"""The approvals policy: who may approve, how many must, for how long. Pure; every answer is a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

POLICY_VERSION = "1"
"""Part of what an approval binds to. Raise it with every change of a rule below."""


class Decision(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Tier:
    """`quorum` different people must approve; an approval is good for `lasts`."""

    quorum: int
    lasts: timedelta


_LOW, _HIGH = Tier(1, timedelta(days=7)), Tier(2, timedelta(hours=72))
_TIERS = {"rehearsal": _LOW, "staging": _LOW}


def tier(environment: str) -> Tier:
    """An environment that is not known to be harmless is treated as production."""
    return _TIERS.get(environment, _HIGH)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be approved, as it stands now. People are usernames.

    `environment` is the cluster's registered one, not the plan's claim. `untold` are the parties that have
    not acknowledged.
    """

    digest: str
    cluster_uid: str
    environment: str
    writers: frozenset[str]
    facilitators: frozenset[str]
    opens: datetime
    closes: datetime
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One decision on record. `is_approver` says whether this person has the role at this moment."""

    approver: str
    name: str
    decision: Decision
    digest: str
    cluster_uid: str
    policy_version: str
    expires_at: datetime
    is_approver: bool
    comment: str = ""


def why_not_approve(asked: Asked, username: str, name: str, is_approver: bool, now: datetime) -> list[str]:
    """Why this person may not approve; empty when they may."""
    reasons = []
    if not is_approver:
        reasons.append(f"{name} is not an approver of this plan's team.")
    if username in asked.writers:
        reasons.append(f"{name} has written this plan; somebody else must approve it.")
    if username in asked.facilitators:
        reasons.append(f"{name} facilitates this day; somebody else must approve it.")
    if now >= asked.closes:
        reasons.append("The plan's window has closed; there is nothing left to approve.")
    return reasons


def missing(asked: Asked, given: Sequence[Given], now: datetime) -> list[str]:
    """What stands between the plan and a launch, in sentences; empty when nothing does."""
    return [*_approvals_missing(asked, given, now), *told_missing(asked), *window_missing(asked, now)]


def standing(asked: Asked, given: Sequence[Given], now: datetime) -> list[Given]:
    """The approvals that count at this moment."""
    return [item for item in given if not why_not_counted(asked, item, now)]


def why_not_counted(asked: Asked, item: Given, now: datetime) -> str:
    """Why a decision on record does not count as an approval, or ""."""
    who = f"{item.name}'s approval"
    if item.decision is not Decision.APPROVED:
        return f"{item.name} rejected it."
    if item.digest != asked.digest:
        return f"{who} is of an earlier version of the plan."
    if item.cluster_uid != asked.cluster_uid:
        return f"{who} is for another cluster (UID {item.cluster_uid})."
    if item.policy_version != POLICY_VERSION:
        return f"{who} was given under an earlier approvals policy."
    if now >= item.expires_at:
        return f"{who} expired at {item.expires_at:%Y-%m-%d %H:%M} UTC."
    if not item.is_approver:
        return f"{item.name} is not an approver of the team any more."
    if item.approver in asked.writers:
        return f"{item.name} has since written on the plan."
    if item.approver in asked.facilitators:
        return f"{item.name} facilitates the day."
    return ""


def _approvals_missing(asked: Asked, given: Sequence[Given], now: datetime) -> Iterable[str]:
    for item in given:
        if item.decision is Decision.REJECTED and item.digest == asked.digest:
            yield f"{item.name} rejected exactly this plan" + (f": {item.comment}" if item.comment else ".")
    quorum = tier(asked.environment).quorum
    counted = {item.approver for item in standing(asked, given, now)}
    if len(counted) < quorum:
        what = "approval of exactly this plan is" if quorum == 1 else "approvals of exactly this plan are"
        yield f"{quorum} {what} needed for {asked.environment}, {len(counted)} given."
        for item in given:
            if item.decision is Decision.APPROVED and (reason := why_not_counted(asked, item, now)):
                yield reason


def told_missing(asked: Asked) -> Iterable[str]:
    """Who must be told and has not said that they know."""
    if asked.untold:
        parties = ", ".join(asked.untold)
        yield f"Not yet acknowledged by: {parties}. Each must know before anything is launched."


def window_missing(asked: Asked, now: datetime) -> Iterable[str]:
    """What only time can bring, or has taken away."""
    if now < asked.opens:
        yield f"The window opens at {asked.opens.astimezone(now.tzinfo):%Y-%m-%d %H:%M} UTC."
    if now >= asked.closes:
        yield f"The window closed at {asked.closes.astimezone(now.tzinfo):%Y-%m-%d %H:%M} UTC."

"""The append-only, hash-chained record of what was done, by whom and when.

Write with `from chaos.journal.record import append`; read with `chaos.journal.queries`; prove with
`chaos.journal.verify` and `chaos.journal.checkpoints`. A plan's stream is `plan_stream(slug)`.
"""

ORGANISATION = "organisation"
"""The stream that records the opening of every other stream, and what belongs to no plan."""


def plan_stream(slug: str) -> str:
    """The name of a plan's stream."""
    return f"plan:{slug}"


def slug_of(stream: str) -> str:
    """The plan that a stream belongs to; empty for one that belongs to no plan."""
    return stream.removeprefix("plan:") if stream.startswith("plan:") else ""

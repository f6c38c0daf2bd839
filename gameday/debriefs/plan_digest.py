"""The document under a plan's digest, so that whoever holds the evidence can take the digest again."""

from __future__ import annotations

import hashlib

from chaos.domain import codec
from gameday.plans.spec import DIGEST_VERSION, PlanSpec


def digest_document(spec: PlanSpec) -> bytes:
    """Canonical JSON whose SHA-256 is `spec.digest`. Raises RuntimeError should the two ever part."""
    document = codec.canonical(
        {
            "digest_version": DIGEST_VERSION,
            "plan": spec.slug,
            "team": spec.team,
            "environment": spec.environment,
            "cluster": spec.cluster,
            "window": spec.window,
            "scope": {"in": spec.scope_in, "out": spec.scope_out},
            "facilitators": spec.facilitators,
            "must_be_told": {party.name: sorted(party.acknowledged_by) for party in spec.must_be_told},
            "scenarios": [
                {"spec": scenario.run.digest, "rollback": scenario.rollback} for scenario in spec.scenarios
            ],
        }
    )
    if hashlib.sha256(document).hexdigest() != spec.digest:
        raise RuntimeError("The evidence's digest document is not what gameday.plans digests.")
    return document

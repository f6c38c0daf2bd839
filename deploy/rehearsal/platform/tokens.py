"""Bearer tokens: a restricted one for the product, an unrestricted one for the person at kubectl."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from deploy.rehearsal.api import Rule, Tokens
from deploy.rehearsal.platform import access
from deploy.rehearsal.store import Object


def grant_product(tokens: Tokens) -> str:
    """A new token that may do what the product's roles allow, and no more."""
    token = secrets.token_urlsafe(32)
    tokens.grant(token, f"system:serviceaccount:{access.HOME}:{access.PRODUCT}", product_rules())
    return token


def grant_admin(tokens: Tokens) -> str:
    token = secrets.token_urlsafe(32)
    tokens.grant(token, "rehearsal-admin")
    return token


def product_rules() -> list[Rule]:
    """The product's roles once more, in the form that the API's token table takes."""
    return [
        *_rules(access.PRODUCT_HOME, (access.HOME,)),
        *_rules(access.PRODUCT_TARGETS, access.TARGETS),
        *_rules(access.PRODUCT_CLUSTER, ()),
    ]


def _rules(role: Iterable[Object], namespaces: tuple[str, ...]) -> list[Rule]:
    return [
        Rule(tuple(one["verbs"]), tuple(one["apiGroups"]), tuple(one["resources"]), namespaces=namespaces)
        for one in role
    ]


def write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)

"""Who a bearer token is and what that somebody may do: a table, not RBAC objects."""

from collections.abc import Iterable
from dataclasses import dataclass

from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.store import ApiError

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """Verbs on resources (`pods`, `pods/eviction`) of API groups; empty names or namespaces mean all."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...]
    resources: tuple[str, ...]
    names: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()

    def allows(self, verb: str, group: str, resource: str, name: str, namespace: str) -> bool:
        return (
            _in(verb, self.verbs)
            and _in(group, self.groups)
            and _in(resource, self.resources)
            and (not self.names or name in self.names)
            and (not self.namespaces or namespace in self.namespaces)
        )


EVERYTHING = Rule((_ANY,), (_ANY,), (_ANY,))


@dataclass(frozen=True, slots=True)
class Identity:
    """A user name as Kubernetes writes it, e.g. `system:serviceaccount:chaos:gameday`."""

    user: str
    rules: tuple[Rule, ...]

    @property
    def groups(self) -> list[str]:
        parts = self.user.split(":")
        if parts[:2] != ["system", "serviceaccount"] or len(parts) != 4:
            return ["system:authenticated"]
        return ["system:serviceaccounts", f"system:serviceaccounts:{parts[2]}", "system:authenticated"]

    def may(self, verb: str, group: str, resource: str, name: str = "", namespace: str = "") -> bool:
        return any(rule.allows(verb, group, resource, name, namespace) for rule in self.rules)


class Tokens:
    """The table of tokens. It may change at any time; the next request sees it."""

    def __init__(self) -> None:
        self._known: dict[str, Identity] = {}

    def grant(self, token: str, user: str, rules: Iterable[Rule] = (EVERYTHING,)) -> Identity:
        """Make a token valid for a user; the default rules are an administrator's."""
        self._known[token] = Identity(user, tuple(rules))
        return self._known[token]

    def withdraw(self, token: str) -> None:
        self._known.pop(token, None)

    def identify(self, authorization: str) -> Identity:
        """The identity behind an Authorization header. Raises ApiError 401."""
        scheme, _, token = authorization.partition(" ")
        identity = self._known.get(token.strip()) if scheme.lower() == "bearer" else None
        if identity is None:
            raise ApiError(401, "Unauthorized", "Unauthorized")
        return identity


def authorize(identity: Identity, target: Target) -> None:
    """Raises ApiError 403 with the usual message where no rule allows the request."""
    kind = target.kind
    resource = kind.plural + (f"/{target.subresource}" if target.subresource else "")
    # A Namespace counts as lying in itself, so that a namespaced rule can allow reading it.
    namespace = target.name if kind.plural == "namespaces" and not kind.group else target.namespace
    if not identity.may(target.verb, kind.group, resource, target.name, namespace):
        raise denied(identity, target)


def denied(identity: Identity, target: Target) -> ApiError:
    kind = target.kind
    resource = kind.plural + (f"/{target.subresource}" if target.subresource else "")
    what = f'{kind.resource} "{target.name}"' if target.name else kind.resource
    where = f'in the namespace "{target.namespace}"' if target.namespace else "at the cluster scope"
    message = (
        f'{what} is forbidden: User "{identity.user}" cannot {target.verb} resource "{resource}" '
        f'in API group "{kind.group}" {where}'
    )
    details = {"name": target.name, "group": kind.group, "kind": kind.plural}
    return ApiError(403, "Forbidden", message, {key: value for key, value in details.items() if value})


def _in(value: str, allowed: tuple[str, ...]) -> bool:
    return _ANY in allowed or value in allowed

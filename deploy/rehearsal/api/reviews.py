"""Questions about oneself: what may I do, who am I. Answered from the token table, never stored."""

from collections.abc import Callable

from deploy.rehearsal.api.http import Answer, Request
from deploy.rehearsal.api.tokens import Identity
from deploy.rehearsal.store import Object
from deploy.rehearsal.store.errors import bad_request

AUTHORIZATION = "authorization.k8s.io"
AUTHENTICATION = "authentication.k8s.io"


def _access(identity: Identity, spec: Object) -> Object:
    asked = spec.get("resourceAttributes")
    if asked is None:
        if "nonResourceAttributes" not in spec:
            raise bad_request("exactly one of nonResourceAttributes or resourceAttributes must be specified")
        return {"allowed": identity.may("*", "*", "*"), "reason": "token table"}
    resource = asked.get("resource", "")
    if asked.get("subresource"):
        resource = f"{resource}/{asked['subresource']}"
    allowed = identity.may(
        asked.get("verb", ""),
        asked.get("group", ""),
        resource,
        asked.get("name", ""),
        asked.get("namespace", ""),
    )
    return {"allowed": allowed, "reason": "token table"} if allowed else {"allowed": False}


def _rules(identity: Identity, spec: Object) -> Object:
    namespace = spec.get("namespace", "")
    if not namespace:
        raise bad_request("no namespace on request")
    found = [rule for rule in identity.rules if not rule.namespaces or namespace in rule.namespaces]
    resource_rules = [
        {
            "verbs": list(rule.verbs),
            "apiGroups": list(rule.groups),
            "resources": list(rule.resources),
            **({"resourceNames": list(rule.names)} if rule.names else {}),
        }
        for rule in found
    ]
    return {"resourceRules": resource_rules, "nonResourceRules": [], "incomplete": False}


def _self(identity: Identity, spec: Object) -> Object:
    return {"userInfo": {"username": identity.user, "groups": identity.groups}}


_Review = Callable[[Identity, Object], Object]
REVIEWS: dict[tuple[str, str], tuple[str, _Review]] = {
    (AUTHORIZATION, "selfsubjectaccessreviews"): ("SelfSubjectAccessReview", _access),
    (AUTHORIZATION, "selfsubjectrulesreviews"): ("SelfSubjectRulesReview", _rules),
    (AUTHENTICATION, "selfsubjectreviews"): ("SelfSubjectReview", _self),
}


def review(request: Request, identity: Identity, group: str, plural: str) -> Answer:
    """Answer one review. The caller has checked that (group, plural) is in REVIEWS."""
    kind, answer = REVIEWS[group, plural]
    spec = request.object().get("spec") or {}
    body = {
        "kind": kind,
        "apiVersion": f"{group}/v1",
        "metadata": {},
        "spec": spec,
        "status": answer(identity, spec),
    }
    return Answer(body, 201)

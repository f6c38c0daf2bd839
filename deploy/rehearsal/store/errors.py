"""What the API server refuses, in the words a real one uses: clients and people recognise them."""

from collections.abc import Sequence
from typing import Any

from deploy.rehearsal.store.kinds import Kind


class ApiError(Exception):
    """A refusal. `code` is the HTTP status, `body()` the Status object that goes over the wire."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{code} {reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        status: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        }
        if self.details:
            status["details"] = self.details
        return status


def _details(kind: Kind, name: str) -> dict[str, Any]:
    details = {"name": name, "group": kind.group, "kind": kind.plural}
    return {key: value for key, value in details.items() if value}


def not_found(kind: Kind, name: str) -> ApiError:
    return ApiError(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def already_exists(kind: Kind, name: str) -> ApiError:
    return ApiError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind: Kind, name: str, why: str) -> ApiError:
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return ApiError(409, "Conflict", message, _details(kind, name))


def forbidden(kind: Kind, name: str, why: str) -> ApiError:
    message = f'{kind.resource} "{name}" is forbidden: {why}'
    return ApiError(403, "Forbidden", message, _details(kind, name))


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def expired(message: str) -> ApiError:
    return ApiError(410, "Expired", message)


def cause(field: str, reason: str, message: str) -> dict[str, str]:
    """One entry of details.causes, e.g. cause("spec.x", "FieldValueRequired", "Required value")."""
    return {"reason": reason, "message": message, "field": field}


def invalid(kind: Kind, name: str, causes: Sequence[dict[str, str]]) -> ApiError:
    """422 with every cause, and the message that sums them up as Kubernetes does."""
    lines = [f"{one['field']}: {one['message']}" for one in causes]
    said = lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"
    kind_name = f"{kind.kind}.{kind.group}" if kind.group else kind.kind
    details = {"name": name, "group": kind.group, "kind": kind.kind, "causes": list(causes)}
    return ApiError(
        422,
        "Invalid",
        f'{kind_name} "{name}" is invalid: {said}',
        {key: value for key, value in details.items() if value},
    )

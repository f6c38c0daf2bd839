"""Strategic merge patch: like a merge patch, but lists of named things are merged by their name.

Kubernetes knows the merge keys from its Go types; here a table by field name covers the kinds we serve.
"""

from typing import Any

from deploy.rehearsal.store.objects import clone

_MERGE_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "volumes": ("name",),
    "env": ("name",),
    "imagePullSecrets": ("name",),
    "secrets": ("name",),
    "ports": ("containerPort", "port"),
    "volumeMounts": ("mountPath",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
    "conditions": ("type",),
    "addresses": ("type",),
    "ownerReferences": ("uid",),
}
_PRIMITIVE_SETS = {"finalizers"}


def strategic_merge(target: Any, patch: dict[str, Any]) -> Any:
    """The target with the patch applied. Understands $patch, $retainKeys and $deleteFromPrimitiveList."""
    base = dict(target) if isinstance(target, dict) else {}
    if patch.get("$patch") == "replace":
        return {key: clone(value) for key, value in patch.items() if key != "$patch"}
    if "$retainKeys" in patch:
        base = {key: value for key, value in base.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        if key.startswith("$deleteFromPrimitiveList/"):
            field = key.partition("/")[2]
            base[field] = [item for item in base.get(field) or [] if item not in value]
        elif not key.startswith("$"):
            _set(base, key, value)
    return base


def _set(base: dict[str, Any], key: str, value: Any) -> None:
    if value is None or (isinstance(value, dict) and value.get("$patch") == "delete"):
        base.pop(key, None)
    elif isinstance(value, dict):
        base[key] = strategic_merge(base.get(key), value)
    elif isinstance(value, list):
        base[key] = _merge_list(key, base.get(key) or [], value)
    else:
        base[key] = value


def _merge_list(field: str, old: list[Any], new: list[Any]) -> list[Any]:
    if field in _PRIMITIVE_SETS:
        return old + [item for item in new if item not in old]
    merge_key = _merge_key(field, [*old, *new])
    if merge_key is None or any(isinstance(item, dict) and item.get("$patch") == "replace" for item in new):
        return [clone(item) for item in new if not (isinstance(item, dict) and "$patch" in item)]
    merged = list(old)
    for item in new:
        place = next((i for i, one in enumerate(merged) if one.get(merge_key) == item.get(merge_key)), None)
        if item.get("$patch") == "delete":
            if place is not None:
                merged.pop(place)
        elif place is None:
            merged.append(strategic_merge({}, item))
        else:
            merged[place] = strategic_merge(merged[place], item)
    return merged


def _merge_key(field: str, items: list[Any]) -> str | None:
    """The key by which this list's items are told apart, or None where the list is taken as a whole."""
    for key in _MERGE_KEYS.get(field, ()):
        named = [item for item in items if isinstance(item, dict) and "$patch" not in item]
        if named and all(key in item for item in named):
            return key
    return None

"""An API server over the simulated cluster: paths, selectors, preconditions, names, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count
from urllib.parse import parse_qsl, urlsplit

from chaos.adapters.litmus_manifests import INSTALLATION, RUN, SCENARIO
from chaos.ports import RunRef
from tests.simulation.on_the_api.kube import LEAST_GRACE, Kube
from tests.simulation.on_the_api.shown import SHOWN, Json

USUAL_GRACE = 30
VERBS = {"POST": "create", "DELETE": "delete", "PATCH": "patch"}


@dataclass(frozen=True)
class Asked:
    """A request, taken apart. `plural` is empty for a path that is none of an object's."""

    method: str
    plural: str
    namespace: str
    name: str
    query: Mapping[str, str]
    body: Json

    @property
    def verb(self) -> str:
        return VERBS.get(self.method) or ("get" if self.name else "list")

    @property
    def wanted(self) -> Mapping[str, str]:
        """What it has to be that is changed."""
        return self.body.get("preconditions" if self.method == "DELETE" else "metadata") or {}

    @property
    def uid(self) -> str:
        """Of the object that is meant, where it says so."""
        return self.wanted.get("uid") or ""

    def __str__(self) -> str:
        return f"{self.verb} {self.plural} {self.name}".rstrip()


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json


def parsed(method: str, url: str, body: Json | None) -> Asked:
    plural, namespace, name, query = _taken_apart(url)
    return Asked(method, plural, namespace, name, query, body or {})


@lru_cache(maxsize=1000)
def _taken_apart(url: str) -> tuple[str, str, str, Mapping[str, str]]:
    parts = urlsplit(url)
    steps = parts.path.strip("/").split("/")
    rest = steps[2:] if steps[0] == "api" else steps[3:]
    namespace = ""
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        namespace, rest = rest[1], rest[2:]
    plural, name = (*rest, "", "")[:2]
    return plural, namespace, name, dict(parse_qsl(parts.query))


def refused(status: int, message: str) -> Answer:
    return Answer(status, {"kind": "Status", "status": "Failure", "message": message, "code": status})


class Server:
    """Does what it is asked, at once. Whether it is asked, and whether anybody hears of it, is the wire's."""

    def __init__(self, kube: Kube, forgets: Callable[[], bool] = lambda: False) -> None:
        """`forgets`: whether what is left of a list is lost, between two pages of it."""
        self.kube, self._forgets = kube, forgets
        self._lists: dict[str, list[Json]] = {}
        self._tokens = count()

    def answer(self, asked: Asked, sent_at: float) -> Answer:
        """`sent_at`: when it was sent, which may be a while ago."""
        if asked.plural not in SHOWN:
            return refused(404, "the server could not find the requested resource")
        if asked.method == "GET":
            return self._get(asked) if asked.name else self._list(asked)
        if asked.method == "POST":
            return self._create(asked, sent_at)
        found = self._find(asked)
        if found is None:
            return refused(404, f'{asked.plural} "{asked.name}" not found')
        for key in ("uid", "resourceVersion"):
            if asked.wanted.get(key) not in (None, found["metadata"][key]):
                return refused(409, f"Precondition failed: {key} is {found['metadata'][key]}")
        return self._patch(asked, found) if asked.method == "PATCH" else self._delete(asked, found, sent_at)

    def _find(self, asked: Asked) -> Json | None:
        return next((obj for obj in self._all(asked) if obj["metadata"]["name"] == asked.name), None)

    def _all(self, asked: Asked) -> list[Json]:
        return [
            obj
            for obj in (*SHOWN[asked.plural](self.kube), *self.kube.look_alikes.get(asked.plural, ()))
            if asked.namespace in ("", obj["metadata"].get("namespace", ""))
        ]

    def _get(self, asked: Asked) -> Answer:
        found = self._find(asked)
        return Answer(200, found) if found else refused(404, f'{asked.plural} "{asked.name}" not found')

    def _list(self, asked: Asked) -> Answer:
        if asked.plural == "networkpolicies" and not (asked.namespace or self.kube.shows_policies):
            return refused(403, "networkpolicies is forbidden at the cluster scope")
        labels = [one.partition("=") for one in asked.query.get("labelSelector", "").split(",") if one]
        node = asked.query.get("fieldSelector", "").removeprefix("spec.nodeName=")
        items = [
            obj
            for obj in self._all(asked)
            if all(
                key in obj["metadata"]["labels"] and (not is_equal or obj["metadata"]["labels"][key] == value)
                for key, is_equal, value in labels
            )
            and (not node or obj["spec"].get("nodeName") == node)
        ]
        return self._page(asked, items)

    def _page(self, asked: Asked, items: list[Json]) -> Answer:
        """Of a list no more than was asked for at once; the others stand as they were then, until the server
        has forgotten that."""
        limit, token = int(asked.query.get("limit") or len(items)), asked.query.get("continue")
        if token:
            if token not in self._lists or self._forgets():
                self.kube.kernel.met["a list gone stale"] += 1
                return refused(410, "The provided continue parameter is too old")
            items = self._lists.pop(token)
        meta = {"resourceVersion": "1"}
        if len(items) > limit > 0:
            meta["continue"] = f"list-{next(self._tokens)}"
            self._lists[meta["continue"]] = items[limit:]
        return Answer(200, {"metadata": meta, "items": items[:limit]})

    # Writing

    def _create(self, asked: Asked, sent_at: float) -> Answer:
        kube, manifest = self.kube, asked.body
        meta = manifest["metadata"]
        labels, name = meta.get("labels") or {}, meta["name"]
        alike = self.kube.look_alikes.get(asked.plural, ())
        if any(name == obj["metadata"]["name"] for obj in alike):
            return refused(409, f'{asked.plural} "{name}" already exists')
        ref = RunRef(labels.get(RUN, ""), labels.get(INSTALLATION, ""), labels.get(SCENARIO, ""))
        if asked.plural == "leases":
            is_made = kube.create_grant(ref, manifest["spec"]["renewTime"])
            if is_made and kube.grant:
                kube.marks[kube.grant.uid] = labels
        elif asked.plural == "chaosengines":
            is_made = kube.make_engine(manifest, ref, sent_at)
        elif asked.plural == "configmaps":
            is_made = not kube.lever
            kube.lever = kube.lever or manifest["data"]["reason"]
        else:
            return refused(405, f"nobody creates {asked.plural} here")
        if not is_made:
            return refused(409, f'{asked.plural} "{name}" already exists')
        return Answer(201, self._find(replace(asked, name=name)) or {"metadata": meta})

    def _patch(self, asked: Asked, found: Json) -> Answer:
        kube, body = self.kube, asked.body
        if asked.plural == "leases" and kube.grant:
            kube.grant.notes |= body["metadata"].get("annotations") or {}
            if renewed := (body.get("spec") or {}).get("renewTime"):
                kube.beat(kube.grant, renewed)
        elif asked.plural == "nodes":
            spec, name = body["spec"], asked.name
            if "unschedulable" in spec:
                kube.set_schedulable(
                    name, found["metadata"]["uid"], kube.versions.get(name, 0), not spec["unschedulable"]
                )
        else:
            return refused(405, f"nobody patches {asked.plural} here")
        return self._get(asked)

    def _delete(self, asked: Asked, found: Json, sent_at: float) -> Answer:
        uid, grace = found["metadata"]["uid"], asked.body.get("gracePeriodSeconds")
        self.kube.judge_delete(asked.name, uid, sent_at)
        delete: Mapping[str, Callable[[], object]] = {
            "leases": lambda: self.kube.delete_grant(uid),
            "configmaps": lambda: setattr(self.kube, "lever", ""),
            "chaosengines": lambda: self.kube.delete_engine(uid),
            "chaosresults": lambda: self.kube.delete_result(found["spec"]["engine"]),
            "jobs": lambda: self.kube.delete_job(uid),
            "pods": lambda: self._delete_pod(uid, USUAL_GRACE if grace is None else grace),
            "networkpolicies": lambda: self.kube.delete_policy(uid),
        }
        if asked.plural not in delete:
            return refused(405, f"nobody deletes {asked.plural} here")
        delete[asked.plural]()
        return Answer(200, {"kind": "Status", "status": "Success"})

    def _delete_pod(self, uid: str, grace: int) -> None:
        if uid not in self.kube.helpers:
            self.kube.delete_pod(uid)
        elif grace < LEAST_GRACE:
            self.kube.kill_helper(uid)
        else:
            self.kube.delete_helper(uid)


def encoded(answer: Answer) -> bytes:
    return json.dumps(answer.body).encode()

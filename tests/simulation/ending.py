"""Ending everything of ours, as `chaos.adapters.litmus_ending` does it, call by call over a bad network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from chaos.adapters import litmus_undo
from chaos.adapters.litmus_ending import Ended
from chaos.domain.errors import GamedayError, Transient
from chaos.domain.injection import Injection, Progress
from chaos.domain.postcondition import not_freed, not_restored
from chaos.domain.sight import ClusterSight, Node, Residue, ResidueKind, ResultSeen

if TYPE_CHECKING:
    from tests.simulation.api import Api

KINDS = (ResidueKind.ENGINE, ResidueKind.POD, ResidueKind.GRANT)


def end_once(api: Api) -> Ended:
    """One pass: what could inject goes, then what it left is set back, and the grant goes last."""
    items, unseen = api.seen(KINDS)
    grants = [item for item in items if item.kind is ResidueKind.GRANT]
    live = [item for item in items if item.kind is not ResidueKind.GRANT]
    errors = [*unseen, *api.removed(live)]
    may_run = bool(unseen) or any(item.kind is ResidueKind.POD for item in live)
    back = _set_back(api, may_run) if grants else _set_back_after(api, may_run)
    errors += back.errors
    is_done = not (errors or live or back.is_open)
    if not back.is_kept or is_done:
        errors += _given_back(api, grants, back)
        live += grants
    is_over = is_done and not errors and not back.is_kept
    if is_over:
        api.last_notes = ()
    return Ended((*live, *back.told), back.done, tuple(errors), is_over)


@dataclass(frozen=True)
class _Back:
    """As its namesake: `is_kept` while the grant holds what must not be lost yet, `is_open` while something
    is still to be set back."""

    is_kept: bool = False
    is_open: bool = False
    told: tuple[Residue, ...] = ()
    done: tuple[str, ...] = ()
    errors: tuple[GamedayError, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)
    """The grant as it was read."""


def _given_back(api: Api, grants: list[Residue], back: _Back) -> list[GamedayError]:
    read = [item for item in grants if item.uid == back.read.get("uid")]

    def delete(item: Residue) -> bool:
        now = api.cluster.grant
        if now and asdict(now) != back.read:
            return False
        api.cluster.delete_grant(item.uid)
        return True

    def deed(item: Residue) -> None:
        api.cluster.touched(api.process, item.uid)
        if not api.call(f"delete {item.uid}", partial(delete, item), writes=True):
            raise Transient("The grant was written to as it was read.")

    errors = api.together([partial(deed, item) for item in read])
    return errors + api.removed([item for item in grants if item not in read])


def _set_back(api: Api, may_run: bool) -> _Back:
    try:
        grant = api.call("read the grant", lambda: api.cluster.grant and asdict(api.cluster.grant))
    except GamedayError as error:
        return _Back(is_kept=True, is_open=True, errors=(error,))
    if grant is None:
        return _set_back_after(api, may_run)
    injections = litmus_undo.read({"metadata": {"annotations": grant["notes"]}})
    back = _Back(is_kept=bool(injections), is_open=bool(injections))
    api.last_notes = injections or api.last_notes
    if injections and not may_run:
        back = _as_it_says(api, injections)
    return replace(back, read=grant)


def _set_back_after(api: Api, may_run: bool) -> _Back:
    if not api.last_notes:
        return _Back()
    return _Back(is_open=True) if may_run else replace(_as_it_says(api, api.last_notes), is_kept=False)


def _as_it_says(api: Api, injections: tuple[Injection, ...]) -> _Back:
    try:
        nodes, pods = _differences(api, injections)
        if not (nodes or pods):
            return _Back(is_kept=True)
        acts: list[Callable[[], None]] = [partial(api.restore_node, node, (), True) for node in nodes]
        errors = api.together(acts) + api.removed(pods)
        left, held = _differences(api, injections)
    except GamedayError as error:
        return _Back(is_kept=True, is_open=True, errors=(error,))
    done = tuple(f"node {node.name}" for node in nodes if node not in left)
    return _Back(True, bool(errors or left or held), tuple(pods), done, tuple(errors))


def _differences(api: Api, injections: tuple[Injection, ...]) -> tuple[list[Node], list[Residue]]:
    """Nodes that are not as the grant says they were, and pods that no helper took its fault out of."""
    cluster, nodes, pods = api.cluster, list[Node](), list[Residue]()

    def look() -> Any:
        at = api.clock.now()
        results = tuple(
            ResultSeen(f"{name}-x", name, targets=dict(said)) for name, said in cluster.results.items()
        )
        return ClusterSight(
            at, at, pods=tuple(cluster.pods.values()), nodes=tuple(cluster.nodes.values()), results=results
        )

    for injection in injections:
        sight = api.call("look at what was before", look)
        nodes += [pre for pre, _ in not_restored(injection, sight)]
        held, uids = not_freed(injection, Progress(injection.index), sight), injection.postcondition.freed
        named = {uid for name, uid in uids if name in held}
        pods += [
            Residue(ResidueKind.POD, pod.namespace, pod.name, pod.uid)
            for pod in sight.pods
            if pod.uid in named
        ]
    return nodes, pods

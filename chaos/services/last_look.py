"""The last look before an injection: what was so at the launch may not be so minutes or rungs later."""

from __future__ import annotations

from chaos.domain.errors import OverLimits, Refused
from chaos.domain.injection import Injection
from chaos.domain.target_nodes import with_aboard
from chaos.domain.targets import Limits, Targets
from chaos.faults.experiments import why_not_run
from chaos.ports import Cluster


def last_look(injection: Injection, limits: Limits, port: Cluster) -> None:
    """Raises Refused when its experiment is not as we ship it or would run an image that may not run here, or
    when a pod has come to its nodes that may not be touched; Transient when that could not be seen."""
    there = [found for found in port.experiments() if found["metadata"]["name"] == injection.experiment]
    if not there:
        raise Refused(f"ChaosExperiment {injection.experiment} is gone from the chaos namespace.")
    for found in there:
        why = why_not_run(found, limits.images)
        if why:
            raise OverLimits(why)
    if injection.nodes:
        targets = Targets(injection.namespace, (), 0, 0, injection.nodes)
        with_aboard(targets, [pod for node in injection.nodes for pod in port.pods_on(node.name)], limits)

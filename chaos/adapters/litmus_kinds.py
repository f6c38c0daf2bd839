"""The kinds of objects that Gameday touches."""

from __future__ import annotations

from chaos.adapters.kubernetes_api import NAMESPACES as NAMESPACES
from chaos.adapters.kubernetes_paths import Resource
from chaos.domain.sight import ResidueKind

PODS = Resource("v1", "pods")
NODES = Resource("v1", "nodes")
CONFIG_MAPS = Resource("v1", "configmaps")
EVENTS = Resource("v1", "events")
SERVICE_ACCOUNTS = Resource("v1", "serviceaccounts")
JOBS = Resource("batch/v1", "jobs")
LEASES = Resource("coordination.k8s.io/v1", "leases")
ENGINES = Resource("litmuschaos.io/v1alpha1", "chaosengines")
RESULTS = Resource("litmuschaos.io/v1alpha1", "chaosresults")
EXPERIMENTS = Resource("litmuschaos.io/v1alpha1", "chaosexperiments")
POLICIES = Resource("networking.k8s.io/v1", "networkpolicies")

OF_KIND = {
    ResidueKind.GRANT: LEASES,
    ResidueKind.ENGINE: ENGINES,
    ResidueKind.RESULT: RESULTS,
    ResidueKind.JOB: JOBS,
    ResidueKind.POD: PODS,
    ResidueKind.POLICY: POLICIES,
}

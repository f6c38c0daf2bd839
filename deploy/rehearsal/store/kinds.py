"""The kinds the rehearsal cluster knows. Litmus' three are added when their CRDs are created."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type: where it lives in the API and which of the API's rules apply to it.

    Two are equal if they live in the same place, whatever a CRD says about short names and the like.
    """

    group: str
    version: str
    plural: str
    kind: str = field(compare=False)
    namespaced: bool = field(default=True, compare=False)
    status: bool = field(default=False, compare=False)
    """Has a status subresource: main writes leave the status alone, status writes all else."""
    custom: bool = field(default=False, compare=False)
    short_names: tuple[str, ...] = field(default=(), compare=False)
    categories: tuple[str, ...] = field(default=(), compare=False)
    singular: str = field(default="", compare=False)

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """As messages name it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def list_kind(self) -> str:
        return f"{self.kind}List"


_ALL = ("all",)
_LITMUS = ("litmuschaos.io", "v1alpha1")
_RBAC = ("rbac.authorization.k8s.io", "v1")

NAMESPACES = Kind("", "v1", "namespaces", "Namespace", namespaced=False, status=True, short_names=("ns",))
NODES = Kind("", "v1", "nodes", "Node", namespaced=False, status=True, short_names=("no",))
PODS = Kind("", "v1", "pods", "Pod", status=True, short_names=("po",), categories=_ALL)
SERVICES = Kind("", "v1", "services", "Service", status=True, short_names=("svc",), categories=_ALL)
CONFIG_MAPS = Kind("", "v1", "configmaps", "ConfigMap", short_names=("cm",))
SECRETS = Kind("", "v1", "secrets", "Secret")
SERVICE_ACCOUNTS = Kind("", "v1", "serviceaccounts", "ServiceAccount", short_names=("sa",))
EVENTS = Kind("", "v1", "events", "Event", short_names=("ev",))
DEPLOYMENTS = Kind(
    "apps", "v1", "deployments", "Deployment", status=True, short_names=("deploy",), categories=_ALL
)
REPLICA_SETS = Kind(
    "apps", "v1", "replicasets", "ReplicaSet", status=True, short_names=("rs",), categories=_ALL
)
STATEFUL_SETS = Kind(
    "apps", "v1", "statefulsets", "StatefulSet", status=True, short_names=("sts",), categories=_ALL
)
DAEMON_SETS = Kind("apps", "v1", "daemonsets", "DaemonSet", status=True, short_names=("ds",), categories=_ALL)
JOBS = Kind("batch", "v1", "jobs", "Job", status=True, categories=_ALL)
BUDGETS = Kind(
    "policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", status=True, short_names=("pdb",)
)
AUTOSCALERS = Kind(
    "autoscaling",
    "v1",
    "horizontalpodautoscalers",
    "HorizontalPodAutoscaler",
    status=True,
    short_names=("hpa",),
)
LEASES = Kind("coordination.k8s.io", "v1", "leases", "Lease")
NETWORK_POLICIES = Kind(
    "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", short_names=("netpol",)
)
ROLES = Kind(*_RBAC, "roles", "Role")
ROLE_BINDINGS = Kind(*_RBAC, "rolebindings", "RoleBinding")
CLUSTER_ROLES = Kind(*_RBAC, "clusterroles", "ClusterRole", namespaced=False)
CLUSTER_ROLE_BINDINGS = Kind(*_RBAC, "clusterrolebindings", "ClusterRoleBinding", namespaced=False)
CUSTOM_RESOURCE_DEFINITIONS = Kind(
    "apiextensions.k8s.io",
    "v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    namespaced=False,
    status=True,
    short_names=("crd", "crds"),
)

CHAOS_ENGINES = Kind(*_LITMUS, "chaosengines", "ChaosEngine", custom=True, singular="chaosengine")
CHAOS_EXPERIMENTS = Kind(
    *_LITMUS, "chaosexperiments", "ChaosExperiment", custom=True, singular="chaosexperiment"
)
CHAOS_RESULTS = Kind(*_LITMUS, "chaosresults", "ChaosResult", custom=True, singular="chaosresult")

BUILT_IN = (
    NAMESPACES,
    NODES,
    PODS,
    SERVICES,
    CONFIG_MAPS,
    SECRETS,
    SERVICE_ACCOUNTS,
    EVENTS,
    DEPLOYMENTS,
    REPLICA_SETS,
    STATEFUL_SETS,
    DAEMON_SETS,
    JOBS,
    BUDGETS,
    AUTOSCALERS,
    LEASES,
    NETWORK_POLICIES,
    ROLES,
    ROLE_BINDINGS,
    CLUSTER_ROLES,
    CLUSTER_ROLE_BINDINGS,
    CUSTOM_RESOURCE_DEFINITIONS,
)

"""The programs of the control plane and how each is started; they work in the state folder.

One port is taken, the API server's. etcd listens on sockets in that folder, so nobody but its owner reaches
it; the controllers and the scheduler serve nothing at all.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.rehearsal.platform import manifests
from deploy.rehearsal.platform.bank import ZONES

from . import certificates, kubeconfigs
from .certificates import Authority

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "kubectl")
MANIFESTS = Path(__file__).parent / "manifests"
ETCD, PEER = "unix://etcd.sock:1", "unix://peer.sock:1"  # relative to the folder; a number must be there
SERVICES = "10.96.0.0/16"
ISSUER = "https://kubernetes.default.svc"
AUDIT_LOG_MB = "100"


@dataclass(frozen=True, slots=True)
class Plane:
    """One control plane: its folder, its programs by name, its port on loopback."""

    folder: Path
    programs: Mapping[str, Path]
    port: int

    @property
    def server(self) -> str:
        """Where its API is."""
        return f"https://127.0.0.1:{self.port}"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's."""
        return self.folder / "kubeconfig"

    @property
    def authority(self) -> Path:
        """The certificate that the server's is checked with."""
        return self.folder / "keys" / "ca.crt"

    def environment(self) -> dict[str, str]:
        """The environment of every program. The machine's own is kept out: etcd reads ETCD_* as flags."""
        return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder)}

    def prepare(self) -> None:
        """Write fresh keys, certificates and kubeconfigs, and the nodes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        keys = self.folder / "keys"
        authority = Authority(keys)
        authority.server()
        # Its key is forgotten at once: nobody speaks for others here, but components ask for its certificate.
        Authority(keys, "front-proxy")
        certificates.account_keys(keys)
        for name in ("system:kube-controller-manager", "system:kube-scheduler", "kwok"):
            path = keys / f"{name.removeprefix('system:')}.kubeconfig"
            kubeconfigs.write(path, self.server, authority, name)
        kubeconfigs.write(self.kubeconfig, self.server, authority, "administrator", ("system:masters",))
        (self.folder / "nodes.json").write_text(json.dumps(nodes()))

    def etcd(self) -> list[str]:
        """The store. Nothing in it has a tomorrow, so it does not wait for the disk."""
        return [
            str(self.programs["etcd"]),
            *("--name=only", "--data-dir=etcd", "--unsafe-no-fsync", "--log-level=warn"),
            *(f"--listen-client-urls={ETCD}", f"--advertise-client-urls={ETCD}"),
            *(f"--listen-peer-urls={PEER}", f"--initial-advertise-peer-urls={PEER}"),
            f"--initial-cluster=only={PEER}",
        ]

    def apiserver(self) -> list[str]:
        """The API server: RBAC on; certificates and ServiceAccount tokens say who somebody is."""
        return [
            str(self.programs["kube-apiserver"]),
            *(f"--etcd-servers={ETCD}", "--bind-address=127.0.0.1", f"--secure-port={self.port}"),
            # Else it would publish a loopback address as the endpoint of the Service `kubernetes`.
            *("--endpoint-reconciler-type=none", f"--service-cluster-ip-range={SERVICES}"),
            *("--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction"),
            *("--client-ca-file=keys/ca.crt", "--tls-cert-file=keys/server.crt"),
            *("--tls-private-key-file=keys/server.key", f"--service-account-issuer={ISSUER}"),
            *("--service-account-key-file=keys/accounts.pub",),
            *("--service-account-signing-key-file=keys/accounts.key",),
            *("--requestheader-client-ca-file=keys/front-proxy.crt",),
            *("--requestheader-allowed-names=front-proxy", "--requestheader-username-headers=X-Remote-User"),
            *("--requestheader-group-headers=X-Remote-Group",),
            *("--requestheader-extra-headers-prefix=X-Remote-Extra-", "--allow-privileged=true"),
            *(f"--audit-policy-file={MANIFESTS / 'audit.yaml'}", "--audit-log-path=logs/audit.log"),
            *(f"--audit-log-maxsize={AUDIT_LOG_MB}", "--audit-log-maxbackup=1", "--profiling=false"),
        ]

    def controllers(self) -> list[str]:
        """The controller manager. With one identity for all, it handles no Deployment under RBAC."""
        return [
            str(self.programs["kube-controller-manager"]),
            *(
                "--kubeconfig=keys/kube-controller-manager.kubeconfig",
                "--use-service-account-credentials=true",
            ),
            *("--service-account-private-key-file=keys/accounts.key", "--root-ca-file=keys/ca.crt"),
            *("--leader-elect=false", "--secure-port=0", "--allocate-node-cidrs=false", "--profiling=false"),
        ]

    def scheduler(self) -> list[str]:
        """The scheduler."""
        return [
            str(self.programs["kube-scheduler"]),
            *("--kubeconfig=keys/kube-scheduler.kubeconfig", "--leader-elect=false", "--secure-port=0"),
        ]

    def kwok(self) -> list[str]:
        """The nodes' stand-in: it plays the kubelets of all nodes, as stages.yaml says."""
        return [
            str(self.programs["kwok"]),
            *("--kubeconfig=keys/kwok.kubeconfig", f"--config={MANIFESTS / 'stages.yaml'}"),
            # Nodes say that they live by their status; a lease each would double the writing.
            *("--manage-all-nodes=true", "--node-lease-duration-seconds=0"),
        ]


def nodes() -> dict[str, object]:
    """The practice bank's nodes, with its names and zones."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    listed = [
        {"apiVersion": "v1", "kind": "Node", **manifests.node(f"worker-node-{number:02}", zone, now)}
        for number, zone in enumerate(ZONES, start=1)
    ]
    return {"apiVersion": "v1", "kind": "List", "items": listed}

"""What an administrator enters of a cluster, made into what is kept: checked, and its secrets sealed.

A secret that is not entered again stays as it is, but only for the server that it was entered for: else
whoever may change an address could have it sent to a machine of their own.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass, field
from typing import Any, Literal

from chaos.domain.addresses import checked, origin
from chaos.domain.errors import Refused
from chaos.faults.accounts import ALMIGHTY, PATTERN
from chaos.models import Cluster
from chaos.services.clusters import USUAL_PERCENT
from chaos.services.own_places import ACCOUNT
from chaos.services.sealing import seal

_KUBECONFIG = re.compile(r"^\s*(?:kind:\s*Config\b|clusters:|users:|current-context:)", re.MULTILINE)
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,50}")
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_ACCOUNT_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")

Auth = Literal["none", "bearer", "basic"]


@dataclass(frozen=True, slots=True)
class Entry:
    """`token` and `prometheus_secret` None: nothing was entered, so what is kept stays.

    `ca` and `prometheus_ca` are PEM; the files are named for those who mount them. `in_cluster` takes
    address, CA and token from the service account of the pod that Gameday runs in.
    """

    name: str
    environment: str
    server: str
    prometheus_url: str
    token: str | None = field(default=None, repr=False)
    token_file: str = ""
    in_cluster: bool = False
    ca: str = ""
    ca_file: str = ""
    prometheus_auth: Auth = "none"
    prometheus_username: str = ""
    prometheus_secret: str | None = field(default=None, repr=False)
    prometheus_token_file: str = ""
    prometheus_ca: str = ""
    prometheus_ca_file: str = ""
    services_url: str = ""
    chaos_namespace: str = "chaos"
    service_account: str = "chaos-runner"

    def columns(self) -> dict[str, Any]:
        """The columns of chaos.models.Cluster. Raises Refused, with the name of a field here as its field."""
        self._check_names()
        known = Cluster.objects.filter(name=self.name).first()
        services = self.services_url and checked(
            self.services_url, "The address of the services", "services_url"
        )
        return {
            "environment": self.environment,
            "chaos_namespace": self.chaos_namespace,
            "service_account": self.service_account,
            "services_url": services,
            **self._access(known),
            **self._prometheus(known),
        }

    def _check_names(self) -> None:
        if not _SLUG.fullmatch(self.name) or self.name == "new":
            raise Refused(
                f"{self.name!r} is no name for a cluster: letters, digits, - and _, at most 50; and not new.",
                "name",
            )
        if self.environment not in USUAL_PERCENT:
            raise Refused(f"There is no environment {self.environment!r}.", "environment")
        if not _NAMESPACE.fullmatch(self.chaos_namespace):
            raise Refused(f"{self.chaos_namespace!r} is no name of a namespace.", "chaos_namespace")
        _check_account(self.service_account)

    def _access(self, known: Cluster | None) -> dict[str, str]:
        if self.in_cluster:
            return _own_account()
        server = checked(self.server, "The address of the API server", "server")
        ca = {"ca_file": self.ca_file, "ca_pem": _pem(self.ca, "ca")}
        if self.token_file or self.token:
            sealed = "" if self.token_file else seal(_secret(self.token or "", "token", is_token=True))
            return {"server": server, **ca, "token_file": self.token_file, "sealed_token": sealed}
        kept = {"token_file": known.token_file, "sealed_token": known.sealed_token} if known else {}
        if known is None or not any(kept.values()):
            raise Refused("Give the token of the account that Gameday uses on this cluster.", "token")
        _same(known.server, server, "token", "The token")
        return {"server": server, **ca, **kept}

    def _prometheus(self, known: Cluster | None) -> dict[str, str]:
        url = checked(self.prometheus_url, "The address of Prometheus", "prometheus_url")
        ca = _pem(self.prometheus_ca, "prometheus_ca")
        found = {
            "prometheus_url": url,
            "prometheus_ca_file": self.prometheus_ca_file,
            "prometheus_ca_pem": ca,
            "prometheus_token_file": "",
            "prometheus_username": "",
            "sealed_prometheus_secret": "",
        }
        if self.prometheus_token_file or self.prometheus_auth == "none":
            return {**found, "prometheus_token_file": self.prometheus_token_file}
        username = self._username()
        if self.prometheus_secret:
            secret = _secret(self.prometheus_secret, "prometheus_secret", is_token=not username)
            return {**found, "prometheus_username": username, "sealed_prometheus_secret": seal(secret)}
        what = "password" if username else "token"
        kept = (known.prometheus_token_file, known.sealed_prometheus_secret) if known else ("", "")
        if known is None or not any(kept) or bool(known.prometheus_username) != bool(username):
            raise Refused(f"Give the {what} for Prometheus.", "prometheus_secret")
        _same(known.prometheus_url, url, "prometheus_secret", f"The {what}")
        return {
            **found,
            "prometheus_token_file": kept[0],
            "prometheus_username": username,
            "sealed_prometheus_secret": kept[1],
        }

    def _username(self) -> str:
        if self.prometheus_auth != "basic":
            return ""
        name = self.prometheus_username.strip()
        if not name or ":" in name:
            raise Refused("Give the name for Prometheus; it has no colon.", "prometheus_username")
        return name


def _check_account(name: str) -> None:
    plain = name.replace("{family}", "x")
    if "{" in plain or "}" in plain:
        raise Refused(
            f"Of what stands in braces only {{family}} is known, so {name!r} names no service account; "
            f"write {PATTERN}.",
            "service_account",
        )
    if name in ALMIGHTY:
        raise Refused(
            f"{name} may do everything everywhere, and so could whoever starts an experiment. Install ours "
            f"(`manage.py litmus install`), and write {PATTERN}.",
            "service_account",
        )
    if not _ACCOUNT_NAME.fullmatch(plain):
        raise Refused(f"{name!r} is no name of a service account.", "service_account")


def _own_account() -> dict[str, str]:
    token, ca = ACCOUNT / "token", ACCOUNT / "ca.crt"
    if not (token.is_file() and ca.is_file()):
        raise Refused(
            "Gameday does not run in a cluster here: there is no service account in its file system. Give "
            "the address, the CA and a token instead.",
            "server",
        )
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    bracketed = f"[{host}]" if host and ":" in host else host
    server = f"https://{bracketed}:{port}" if host else "https://kubernetes.default.svc"
    return {"server": server, "token_file": str(token), "ca_file": str(ca), "sealed_token": "", "ca_pem": ""}


def _same(before: str, after: str, field: str, what: str) -> None:
    if origin(before) != origin(after):
        raise Refused(
            f"{what} was entered for {before} and is not sent anywhere else: enter it again.", field
        )


def _secret(text: str, field: str, is_token: bool) -> str:
    text = text.strip()
    _refuse_kubeconfig(text, field)
    if is_token and (not text.isascii() or any(character.isspace() for character in text)):
        raise Refused("A token is one word, without spaces and line ends.", field)
    return text


def _pem(text: str, field: str) -> str:
    """Certificates in PEM form, and nothing beside them. Raises Refused."""
    text = text.strip()
    if not text:
        return ""
    _refuse_kubeconfig(text, field)
    if "PRIVATE KEY" in text:
        raise Refused("This holds a private key; only the certificate of the CA is needed.", field)
    try:
        ssl.create_default_context(cadata=text)
    except (ssl.SSLError, ValueError) as error:
        raise Refused(
            "This is no certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----.", field
        ) from error
    return f"{text}\n"


def _refuse_kubeconfig(text: str, field: str) -> None:
    if _KUBECONFIG.search(text):
        raise Refused(
            "This is a kubeconfig, and Gameday takes none: one can start programs on this server (exec "
            "plugins) and name its files. Enter the server's address, the CA and a token out of it.",
            field,
        )

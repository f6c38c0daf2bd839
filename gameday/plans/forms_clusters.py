"""What an administrator enters of a cluster and its Prometheus.

Secrets are typed in and never shown again: an empty field keeps what is there. Files of this server are named
on the command line alone, since whoever names one could have it sent to where they like.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from chaos.services.cluster_details import Details, Secret
from chaos.services.cluster_entry import Entry

_PLAIN = {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
_BEGINS = "-----BEGIN CERTIFICATE-----"
_SYSTEM = "Certificates in PEM form. When it is empty, those that this system trusts."
_ENVIRONMENTS = ("production", "staging", "rehearsal")


def _text(**options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.TextInput(attrs=_PLAIN), **options)


def _secret(**options: Any) -> forms.CharField:
    """What was typed is never sent back."""
    return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **options)


def _pem(**options: Any) -> forms.CharField:
    attrs = {**_PLAIN, "rows": 4, "class": "mono", "placeholder": _BEGINS}
    return forms.CharField(required=False, widget=forms.Textarea(attrs=attrs), help_text=_SYSTEM, **options)


class ClusterForm(forms.Form):
    """`known` is the cluster as it is registered; None for a new one."""

    name = _text(max_length=50, help_text="Plans name it so. It is not changed later.")
    environment = forms.ChoiceField(
        choices=[(item, item.capitalize()) for item in _ENVIRONMENTS],
        help_text="It says how many must approve.",
    )
    access = forms.ChoiceField(
        choices=[
            ("token", "By an address and a token"),
            ("in-cluster", "As the service account of the pod that Gameday itself runs in"),
        ],
        widget=forms.RadioSelect,
        label="How Gameday gets in",
        initial="token",
    )
    server = _text(max_length=300, label="Address of the API server", help_text="https://k8s.example:6443")
    ca = _pem(label="CA of the API server")
    token = _secret(
        error_messages={"required": "Give the token of the account that Gameday uses on this cluster."},
        help_text="Of an account with the rights of deploy/litmus. A kubeconfig is not accepted: one can "
        "start programs on this server.",
    )
    chaos_namespace = _text(
        max_length=63, initial="chaos", help_text="Where experiments live. Nothing in it is ever a target."
    )
    service_account = _text(
        max_length=253,
        initial="chaos-{family}",
        help_text="What experiments run as; {family} stands for the family of a fault's rights.",
    )
    prometheus_url = _text(
        max_length=300, label="Address of Prometheus", help_text="https://prometheus.example:9090"
    )
    prometheus_auth = forms.ChoiceField(
        choices=[
            ("none", "For nothing"),
            ("bearer", "For a bearer token"),
            ("basic", "For a name and a password"),
        ],
        widget=forms.RadioSelect,
        label="What it asks for",
        initial="none",
    )
    prometheus_username = _text(required=False, max_length=150, label="Name")
    prometheus_secret = _secret(required=False, label="Token or password")
    prometheus_ca = _pem(label="CA of Prometheus")
    services_url = _text(
        required=False,
        max_length=300,
        label="Address below which probes find services",
        help_text="When it is empty, by their names in the cluster: service.namespace.svc.",
    )

    def __init__(self, data: QueryDict | None = None, known: Details | None = None) -> None:
        super().__init__(data, initial=_initial(known) if known else {})
        self.known = known
        self.use_required_attribute = False  # what is required depends on how Gameday gets in
        is_in_cluster = data is not None and data.get("access") == "in-cluster"
        self.fields["server"].required = not is_in_cluster
        self.fields["token"].required = not is_in_cluster and known is None
        if known:
            self._say_what_is_kept(known)

    def _say_what_is_kept(self, known: Details) -> None:
        self.fields["name"].disabled = True
        kept = {
            "token": str(known.token),
            "prometheus_secret": str(known.prometheus_secret),
            "ca": str(Secret(bool(known.ca_file), known.ca_file)),
            "prometheus_ca": str(Secret(bool(known.prometheus_ca_file), known.prometheus_ca_file)),
        }
        for field, words in kept.items():
            if words != "none":
                self.fields[field].help_text = f"Now {words}. It stays so when this is empty."

    def entry(self) -> Entry:
        """What was entered, once it is valid."""
        said, known = self.cleaned_data, self.known
        is_in_cluster = said["access"] == "in-cluster"
        return Entry(
            name=said["name"],
            environment=said["environment"],
            in_cluster=is_in_cluster,
            server=said["server"],
            token=said["token"] or None,
            ca=said["ca"],
            ca_file=known.ca_file if known and not said["ca"] else "",
            prometheus_url=said["prometheus_url"],
            prometheus_auth=said["prometheus_auth"],
            prometheus_username=said["prometheus_username"],
            prometheus_secret=said["prometheus_secret"] or None,
            prometheus_ca=said["prometheus_ca"],
            prometheus_ca_file=known.prometheus_ca_file if known and not said["prometheus_ca"] else "",
            services_url=said["services_url"],
            chaos_namespace=said["chaos_namespace"],
            service_account=said["service_account"],
        )


def _initial(known: Details) -> dict[str, Any]:
    same = (
        "name environment server ca chaos_namespace service_account prometheus_url prometheus_auth "
        "prometheus_username prometheus_ca services_url"
    )
    access = "in-cluster" if known.is_in_cluster else "token"
    return {"access": access, **{field: getattr(known, field) for field in same.split()}}

"""The pod-http family: requests to a port of named pods pass a proxy that delays, changes or ends them.

A helper starts the proxy in the pod's network and turns the port's traffic to it; it takes both away again.
Litmus puts texts into a shell, so they are of a narrow shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chaos.domain.errors import Refused
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Part, with_env
from chaos.faults.kinds import INTERFACE, Choice, Duration, Flag, Matching, Pairs, Whole
from chaos.faults.on_pods import PodFault

_STATUS = (200, 201, 202, 204, 300, 301, 302, 304, 307, 400, 401, 403, 404, 500, 501, 502, 503, 504)
_BODY = Matching(
    r"[A-Za-z0-9][A-Za-z0-9 .,:_/@=+-]{0,999}",
    "a text of letters, digits, spaces and . , : _ / @ = + - that begins with a letter or digit",
)
_TYPE = Matching(r"[a-z]{2,20}/[a-z0-9][a-z0-9.+-]{0,60}", "a content type like text/plain")
_HEADER = r"[A-Za-z][A-Za-z0-9-]{0,60}"
_HEADER_VALUE = r"[A-Za-z0-9][A-Za-z0-9 .:_/@+-]{0,200}"
_KILLED = (
    "The kubelet's health checks of that port pass the proxy too: containers may be restarted, or go "
    "unready. Connections that are open when it begins or ends are cut. If the helper is killed before it "
    "can undo it, the proxy and its rule stay until the pod is recreated, which Gameday then does."
)
_TLS_PASSES = "It works on a port that speaks TLS (https) too, since the proxy passes it on unread."
_TLS_BREAKS = (
    "It works on plain HTTP alone: on a port that speaks TLS (https) the proxy cannot read what passes, and "
    "breaks the connections instead of changing them."
)
_CONTENT_TYPE = Parameter("content_type", "What the body is.", _TYPE, "text/plain", "CONTENT_TYPE")


class PodHttpFault(PodFault):
    """Common to the family: which port, which share of the connections, and where the proxy listens."""

    mine: tuple[Parameter, ...] = ()
    own = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (*self.mine, *_PROXY, *super().parameters)

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        found = super().canonical(parameters)
        if found["port"] == found["proxy_port"]:
            raise Refused(f"The proxy cannot listen on {found['port']} too; choose another.", "proxy_port")
        return found


_PROXY: tuple[Parameter, ...] = (
    Parameter(
        "port",
        "The port on which the pods take requests: the container's, not the Service's.",
        Whole(1, 65535),
        env="TARGET_SERVICE_PORT",
        example="8080",
    ),
    Parameter(
        "percent",
        "How many of the connections; all requests of one pass, or none.",
        Whole(1, 100, "%"),
        "100",
        "TOXICITY",
    ),
    Parameter(
        "proxy_port",
        "A port that is free in the pods, for the proxy.",
        Whole(1024, 65535),
        "20000",
        "PROXY_PORT",
    ),
    Parameter("interface", "The pod's network interface.", INTERFACE, "eth0", "NETWORK_INTERFACE"),
)


class PodHttpLatency(PodHttpFault):
    name = "pod-http-latency"
    title = "Delay HTTP requests to pods"
    effect = "Requests to one port of the named pods are held for a fixed time before they are answered."
    risk = f"Callers wait, time out and retry; queues fill upstream. {_TLS_PASSES} {_KILLED}"
    mine = (
        Parameter(
            "latency",
            "How long.",
            Duration(timedelta(milliseconds=1), timedelta(seconds=60)),
            env="LATENCY",
            example="500ms",
        ),
    )


class PodHttpStatusCode(PodHttpFault):
    name = "pod-http-status-code"
    title = "Change the status code of pods' answers"
    effect = "Answers of one port of the named pods carry another HTTP status code."
    risk = (
        "The work is done and only its answer is wrong: callers that try again do it twice, such as a "
        f"payment that is not idempotent. {_TLS_BREAKS} {_KILLED}"
    )
    mine = (
        Parameter("status", "The status code.", Choice(*map(str, _STATUS)), env="STATUS_CODE", example="503"),
        Parameter("body", "The answer's body; its own when left out.", _BODY, "", "RESPONSE_BODY"),
        _CONTENT_TYPE,
    )

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        changes = "true" if "body" in spec.parameters else "false"
        return with_env(super().part(spec, targets), {"MODIFY_RESPONSE_BODY": changes})

    def env_rules(self) -> Mapping[str, str]:
        return {**super().env_rules(), "MODIFY_RESPONSE_BODY": Flag().pattern}


class PodHttpModifyHeader(PodHttpFault):
    name = "pod-http-modify-header"
    title = "Change HTTP headers of pods"
    effect = "Requests to, or answers of, one port of the named pods carry other or further headers."
    risk = (
        "Headers that say who is asking, or what may be cached, are believed by whoever reads them. "
        f"{_TLS_BREAKS} {_KILLED}"
    )
    mine = (
        Parameter(
            "headers",
            "Each header and its value.",
            Pairs(_HEADER, _HEADER_VALUE, "a header and its value, like X-Fault=yes"),
            env="HEADERS_MAP",
            example="Cache-Control=no-store",
        ),
        Parameter(
            "mode", "Of requests or of answers.", Choice("request", "response"), "response", "HEADER_MODE"
        ),
    )


class PodHttpModifyBody(PodHttpFault):
    name = "pod-http-modify-body"
    title = "Change the body of pods' answers"
    effect = "Answers of one port of the named pods carry another body."
    risk = (
        "Callers may believe what they read, and keep it. The work is done and only its answer is wrong. "
        f"{_TLS_BREAKS} {_KILLED}"
    )
    mine = (
        Parameter("body", "The body.", _BODY, env="RESPONSE_BODY", example="out of order"),
        _CONTENT_TYPE,
    )


class PodHttpResetPeer(PodHttpFault):
    name = "pod-http-reset-peer"
    title = "Reset HTTP connections to pods"
    effect = "Connections to one port of the named pods are reset, at once or after a time."
    risk = f"Callers cannot know whether their request was carried out. {_TLS_PASSES} {_KILLED}"
    mine = (
        Parameter(
            "after",
            "How long after it was opened.",
            Duration(timedelta(0), timedelta(seconds=60)),
            "0s",
            "RESET_TIMEOUT",
            weakens=True,
        ),
    )

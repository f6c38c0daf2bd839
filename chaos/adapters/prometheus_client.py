"""One PromQL question at an instant, over prometheus-api-client, with what the library leaves out.

It has no timeout, tries again in silence, follows redirects to sign-in pages, drops the warnings of a
partial answer and hides the type of the result. So it gets a session of ours that does none of this.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3.exceptions
from prometheus_api_client import PrometheusConnect
from prometheus_api_client.exceptions import PrometheusApiClientException
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from chaos.adapters.peers import watch
from chaos.adapters.token_file import Credential, KeptSecret, TokenFile
from chaos.domain.errors import GamedayError, Refused

MOST_BYTES = 8 * 1024 * 1024
MOST_WORDS = 200
_NOT_JSON = "The answer is not Prometheus' JSON; a sign-in page or a proxy may stand before it."


class Unanswered(Exception):
    """The question has no usable answer; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class PrometheusSettings:
    """Where Prometheus is. `token_file` holds a bearer token; `ca_file` or `ca_pem` is for a CA of one's own.

    `secret` opens what the application keeps: a bearer token, or the password of `username`. `proxy` is used
    only when it is set; the environment's never is.
    """

    url: str
    token_file: str | None = None
    ca_file: str | None = None
    ca_pem: str = field(default="", repr=False)
    username: str = ""
    secret: Callable[[], str] | None = field(default=None, repr=False)
    proxy: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"{self.url!r} is no address of a Prometheus; write http(s)://host:port.", "url")


@dataclass(frozen=True, slots=True)
class Sample:
    """One series of an instant vector, or a scalar, without labels. `at` is by Prometheus' clock, seconds."""

    labels: dict[str, str]
    at: float
    value: float


class PrometheusClient:
    """Safe for many threads: each has its own connection."""

    def __init__(self, settings: PrometheusSettings) -> None:
        self._settings = settings
        self._local = threading.local()
        parts = urlsplit(settings.url)
        scheme, host = parts.scheme, parts.hostname or ""
        self._credential: Credential = (
            KeptSecret(settings.secret, scheme, host, settings.username)
            if settings.secret
            else TokenFile(settings.token_file, scheme, host)
        )

    def ask(self, query: str, seconds: float, at: float | None = None) -> list[Sample]:
        """The samples at `at` (now, by Prometheus' clock, when None). Raises Unanswered."""
        session, connect = self._mine()
        session.deadline = time.monotonic() + seconds
        params = {"timeout": f"{seconds:.3f}"} | ({} if at is None else {"time": f"{at:.3f}"})
        try:
            connect.custom_query(query, params=params, timeout=max(0.01, seconds))
        except GamedayError as error:  # the token cannot be read
            raise Unanswered(str(error)) from error
        except (requests.JSONDecodeError, KeyError, TypeError) as error:
            raise Unanswered(_NOT_JSON) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Unanswered(_why(error, seconds)) from error
        except PrometheusApiClientException:
            raise Unanswered(_refusal(session.status, session.payload)) from None
        return _samples(session.payload)

    def _mine(self) -> tuple[_Session, Any]:
        if not hasattr(self._local, "pair"):
            session, url, once = (
                _Session(self._settings, self._credential),
                self._settings.url.rstrip("/"),
                Retry(total=0, read=False),
            )
            connect = PrometheusConnect(url=url, retry=once, session=session, timeout=3)
            session.mount(url, _Adapter(self._settings.ca_pem, once))
            self._local.pair = (session, connect)
        pair: tuple[_Session, Any] = self._local.pair
        return pair


class _Session(requests.Session):
    """Reads the whole answer by one deadline and keeps what the library throws away."""

    def __init__(self, settings: PrometheusSettings, credential: Credential) -> None:
        super().__init__()
        self._credential = credential
        self.trust_env = False
        self.verify = settings.ca_file or True
        self.proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
        self.deadline = 0.0
        self.status = 0
        self.payload: Any = None

    def request(self, *args: Any, **options: Any) -> requests.Response:
        self.status, self.payload = 0, None
        options |= {"allow_redirects": False, "stream": True}
        options["headers"] = {**(options.get("headers") or {}), **self._credential.header()}
        response = super().request(*args, **options)
        body = b""
        with response:
            while part := response.raw.read1(65536, decode_content=True):
                body += part
                if time.monotonic() > self.deadline:
                    raise requests.ReadTimeout("the answer came too slowly")
                if len(body) > MOST_BYTES:
                    raise requests.RequestException("the answer is larger than 8 MiB")
        response._content = body
        self.status = response.status_code
        try:
            self.payload = response.json()
        except ValueError:
            self.payload = None
        return response


class _Adapter(HTTPAdapter):
    """Looks at whom it has reached; trusts the CA that it is given as text, and then no other."""

    def __init__(self, ca_pem: str, retry: Retry) -> None:
        self._ca_pem = ca_pem
        super().__init__(max_retries=retry)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options, ca_cert_data=self._ca_pem or None)
        watch(self.poolmanager)

    def cert_verify(self, *args: Any, **options: Any) -> None:
        if not self._ca_pem:
            super().cert_verify(*args, **options)  # type: ignore[no-untyped-call]


def _samples(payload: Any) -> list[Sample]:
    """`infos` are advice and ignored; `warnings` mean that part of the data is missing."""
    if not isinstance(payload, dict) or payload.get("status") != "success":
        raise Unanswered(_NOT_JSON)
    if warnings := payload.get("warnings"):
        raise Unanswered(f"Prometheus warns that the answer may be partial: {str(warnings[0])[:MOST_WORDS]}")
    try:
        kind, result = payload["data"]["resultType"], payload["data"]["result"]
        if kind == "scalar":
            return [_sample({}, result)]
        if kind != "vector":
            raise Unanswered(f"The query gives a {kind}, not one value at an instant; aggregate it.")
        return [_sample(dict(series["metric"]), series["value"]) for series in result]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unanswered(
            "Prometheus' answer has an unknown shape (a native histogram, perhaps); ask for one number."
        ) from error


def _sample(labels: dict[str, str], pair: Any) -> Sample:
    at, value = pair
    if not isinstance(value, str) or not math.isfinite(float(at)):
        raise ValueError("a sample is a time and a number as text")
    return Sample(labels, float(at), float(value))


def _refusal(status: int, payload: Any) -> str:
    said = str(payload.get("error", ""))[:MOST_WORDS] if isinstance(payload, dict) else ""
    if 300 <= status < 400:
        return f"Prometheus' address redirects ({status}); a sign-in page may stand before it."
    if status in (401, 403):
        return f"Prometheus does not let us in ({status}); check the token."
    return f"Prometheus answered {status}" + (f": {said}" if said else ".")


def _why(error: Exception, seconds: float) -> str:
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return f"Prometheus had not answered after {seconds:.2g} s."
    if isinstance(error, requests.exceptions.SSLError):
        return "There was no trusted TLS connection to Prometheus; check the address and the CA file."
    if isinstance(error, (requests.ConnectionError, urllib3.exceptions.HTTPError)):
        return "Prometheus could not be reached, or hung up; check that it is up and the address is right."
    return f"Prometheus could not be asked: {str(error)[:MOST_WORDS]}."

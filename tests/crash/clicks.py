"""A person at the web: signed in, and pressing Stop as a page's script does."""

from __future__ import annotations

import http.client
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from tests.crash.house import Wrecked

SIGN_IN = """
from django.conf import settings
from django.test import Client
from gameday.people.services import person
client = Client()
client.force_login(person("{name}"), backend="django.contrib.auth.backends.ModelBackend")
print(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
WITHIN = 30.0


class Person:
    """Signed in without the page for it."""

    def __init__(self, house: Wrecked, name: str) -> None:
        said = house.manage("shell", "--verbosity", "0", "-c", SIGN_IN.format(name=name))
        assert said.status == 0, said.told
        cookie, session = said.out.split()[-2:]
        token = secrets.token_hex(16)
        self._port = int(house.web_url.rpartition(":")[2])
        self._headers = {
            "Cookie": f"{cookie}={session}; csrftoken={token}",
            "X-CSRFToken": token,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }

    @staticmethod
    def now() -> float:
        """The clock of the wire."""
        return time.monotonic()

    def stop(self, run: str = "") -> dict[str, Any]:
        """Press Stop; what is answered. The empty answer where nobody answers."""
        return self.press("/stop", run=run, reason="Enough.")

    def press(self, path: str, **sent: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=WITHIN)
        try:
            connection.request("POST", path, urlencode(sent), self._headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            assert answer.status == 200, f"{answer.status}: {text[:2000]}"
            said: dict[str, Any] = json.loads(text)
            return said
        except (OSError, http.client.HTTPException):
            return {}
        finally:
            connection.close()

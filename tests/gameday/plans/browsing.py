"""A browser as far as forms go: what a page's form would send, button by button."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client

from tests.gameday.cast import who

Form = dict[str, list[str]]
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(who(username), backend=BACKEND)
    return client


def form_of(answer: Any) -> Form:
    """The inputs of the page's POST form in <main>, as a browser would send them without any button, and
    without the token that the test client does not ask for."""
    reader = _Forms()
    reader.feed(answer.content.decode())
    reader.form.pop("csrfmiddlewaretoken")
    return reader.form


def sent(client: Client, path: str, form: Form, do: str = "save", **changes: Any) -> Any:
    """The answer to the form with one button pressed. `changes` are by name, `__` for a dot."""
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return client.post(path, {**form, **named, "do": do})


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form: Form = {}
        self._is_main = self._is_form = False
        self._select = self._area = ""
        self._chosen = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        has = dict(attrs)
        if tag == "main":
            self._is_main = True
        if tag == "form":
            self._is_form = self._is_main and has.get("method") == "post"
        if not self._is_form:
            return
        name = has.get("name", "")
        if tag == "input" and name and has.get("type") != "file":
            if has.get("type") not in ("checkbox", "radio") or "checked" in has:
                self.form.setdefault(name, []).append(has.get("value") or "")
        elif tag == "select":
            self._select, self._chosen = name, False
        elif tag == "option" and self._select:
            if self._select not in self.form or ("selected" in has and not self._chosen):
                self.form[self._select] = [has.get("value") or ""]
            self._chosen = self._chosen or "selected" in has
        elif tag == "textarea":
            self._area = name
            self.form[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.form[self._area] = [self.form[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:  # the first line break behind the tag is not part of the text
            self.form[self._area] = [self.form[self._area][0].removeprefix("\n").replace("\n", "\r\n")]
            self._area = ""
        if tag == "select":
            self._select = ""
        if tag == "form":
            self._is_form = False

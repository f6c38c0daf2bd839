"""After a form, the next page: said with 303, so that nobody sends the form there again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class SeeOtherMiddleware:
    """Every redirect that answers a form is 303 See Other. Django's own, and its sign-in's, are 302, which
    leaves it to the browser whether the form goes along."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == 302:
            response.status_code = 303
        return response

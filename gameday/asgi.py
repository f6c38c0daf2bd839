"""The web process: `uvicorn gameday.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")

application = get_asgi_application()

# After Django is set up, and in this process alone: a command that only passes by needs no book of its own.
from django.urls import get_resolver  # noqa: E402

from chaos.services import address_book, latching  # noqa: E402
from gameday.pauses import settle  # noqa: E402

address_book.begin_keeping()
latching.begin_ingesting()
_ = get_resolver().url_patterns  # loads every view now, and not while somebody waits for the first page
settle()

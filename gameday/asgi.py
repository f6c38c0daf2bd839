"""The web process: `uvicorn gameday.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")

application = get_asgi_application()

# After Django is set up, and in this process alone: a command that only passes by needs no book of its own.
from chaos.services import address_book  # noqa: E402

address_book.begin_keeping()

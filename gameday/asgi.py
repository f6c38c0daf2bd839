"""The web process: `uvicorn gameday.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gameday.settings")

application = get_asgi_application()

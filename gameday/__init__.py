"""The human side of Gameday, and the Django project."""

from gameday.celery import app as celery_app

__all__ = ["celery_app"]

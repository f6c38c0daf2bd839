"""The pages have an issue of their own; no URL is served yet."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

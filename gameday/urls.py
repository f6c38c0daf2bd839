"""Every address. Who may use which stands in `gameday.access`."""

from django.urls import include, path

from gameday.home import views as home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("", include("gameday.people.urls")),
    path("settings/clusters/", include("gameday.plans.urls_clusters")),
    path("", include("gameday.approvals.urls")),
    path("", include("gameday.conduct.urls")),
]

"""Every address. Who may use which stands in `gameday.access`."""

from django.urls import include, path

from gameday import admin
from gameday.approvals.services import standings
from gameday.home import views as home
from gameday.plans.urls import urls as plans

handler400 = "gameday.refusals.bad_request"
urlpatterns = [
    path("admin/", admin.site.urls),
    path("", home.home, name="home"),
    path("alarm", home.alarm, name="alarm"),
    path("metrics", home.metrics, name="metrics"),
    path("healthz", home.healthz, name="healthz"),
    path("", include("gameday.people.urls")),
    path("settings/clusters/", include("gameday.plans.urls_clusters")),
    path("", include(plans(standings))),
    path("", include("gameday.approvals.urls")),
    path("", include("gameday.debriefs.urls")),
    path("", include("gameday.conduct.urls")),
]

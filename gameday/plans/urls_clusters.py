from django.urls import path

from gameday.plans import views_clusters as views

app_name = "clusters"
urlpatterns = [
    path("", views.clusters, name="clusters"),
    path("new", views.new, name="new"),
    path("<slug:cluster>/", views.cluster, name="cluster"),
    path("<slug:cluster>/edit", views.edit, name="edit"),
    path("<slug:cluster>/test", views.test, name="test"),
]

from django.urls import path

from gameday.conduct import stream, views, views_arm, views_break_glass, views_clean_up, views_stop

app_name = "conduct"
urlpatterns = [
    path("plans/<slug:plan>/day", views.day, name="day"),
    path("plans/<slug:plan>/day/mine", views.mine, name="mine"),
    path("plans/<slug:plan>/day/arm", views_arm.arm, name="arm"),
    path("plans/<slug:plan>/day/disarm", views_arm.disarm, name="disarm"),
    path("plans/<slug:plan>/day/inject", views_arm.inject, name="inject"),
    path("plans/<slug:plan>/day/note", views.note, name="note"),
    path("plans/<slug:plan>/day/milestone", views.milestone, name="milestone"),
    path("plans/<slug:plan>/day/attest", views.attest, name="attest"),
    path("runs/<uuid:run>/", views.run, name="run"),
    path("runs/<uuid:run>/clean-up", views_clean_up.page, name="clean-up"),
    path("runs/<uuid:run>/certificate.json", views_clean_up.as_json, name="certificate"),
    path("strip", views_clean_up.strip, name="strip"),
    path("review", views_clean_up.review, name="review"),
    path("stop", views_stop.stop, name="stop"),
    path("halt", views_stop.halt, name="halt"),
    path("break-glass/", views_break_glass.page, name="break-glass"),
    path("release", views_stop.release, name="release"),
    path("plans/<slug:plan>/day/stream", stream.stream, name="stream"),
    path("plans/<slug:plan>/day/since", stream.since, name="since"),
]

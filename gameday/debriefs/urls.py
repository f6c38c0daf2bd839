from django.urls import path

from gameday.debriefs import views, views_report

app_name = "debriefs"
urlpatterns = [
    path("plans/<slug:plan>/debrief", views.page, name="page"),
    path("plans/<slug:plan>/debrief/findings", views.add_finding, name="add-finding"),
    path("plans/<slug:plan>/debrief/from-note", views.from_note, name="from-note"),
    path("plans/<slug:plan>/debrief/findings/<int:finding>", views.edit_finding, name="edit-finding"),
    path("plans/<slug:plan>/debrief/findings/<int:finding>/actions", views.add_action, name="add-action"),
    path("plans/<slug:plan>/report", views_report.report, name="report"),
    path("plans/<slug:plan>/evidence.zip", views_report.evidence, name="evidence"),
    path("actions/", views.actions, name="actions"),
    path("actions/<int:action>/close", views.close_action, name="close-action"),
    path("actions/<int:action>/reopen", views.reopen_action, name="reopen-action"),
]

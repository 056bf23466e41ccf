from django.urls import path

from havenline.foundation.lists.views import complaints, entries, lists

app_name = "lists"
urlpatterns = [
    path("", lists.every, name="lists"),
    path("new/", lists.new, name="new"),
    path("held/", lists.held, name="held"),
    path("complaints/", complaints.queue, name="complaints"),
    path("complaints/<str:reference>/", complaints.complaint, name="complaint"),
    path("entries/<int:pk>/", entries.entry, name="entry"),
    path("entries/<int:pk>/<str:act>/", entries.act, name="act_on_entry"),
    path("imports/<int:pk>/", lists.imported, name="import"),
    path("imports/<int:pk>/<str:act>/", lists.settle, name="settle_import"),
    path("list/<slug:slug>/", entries.of_list, name="list"),
    path("list/<slug:slug>/add/", entries.add, name="add"),
    path("list/<slug:slug>/import/", lists.bring, name="bring"),
    path("list/<slug:slug>/csv/", lists.export, name="export"),
    path("list/<slug:slug>/terms/", lists.terms, name="terms"),
    path("list/<slug:slug>/readers/", lists.readers, name="readers"),
    path("list/<slug:slug>/readers/<int:pk>/end/", lists.end_reader, name="end_reader"),
    path("list/<slug:slug>/<str:act>/", lists.act, name="act"),
]

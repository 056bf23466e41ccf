from django.urls import path

from havenline.foundation.handover import ledger_views

app_name = "ledger"
urlpatterns = [
    path("", ledger_views.entries, name="entries"),
    path("check/", ledger_views.check, name="check"),
    path("export/", ledger_views.export, name="export"),
    path("evidence/<int:pk>/", ledger_views.evidence, name="evidence"),
    path("evidence/<int:pk>/close/", ledger_views.settle, name="settle"),
]

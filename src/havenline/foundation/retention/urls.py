from django.urls import path

from havenline.foundation.retention import views

app_name = "retention"
urlpatterns = [
    path("", views.due, name="due"),
    path("erase/", views.erase, name="erase"),
    path("holds/", views.holds, name="holds"),
    path("holds/<uuid:hold_id>/release/", views.release, name="release"),
    path("rules/", views.rules, name="rules"),
    path("erased/", views.erased, name="erased"),
    path("<str:reference>/hold/", views.hold, name="hold"),
]

"""What a host reaches with the link of its letter. Served by the api process; no account, no session, no cookie."""

from django.urls import path

from havenline.journey.takedown import host_views

app_name = "host"
urlpatterns = [
    path("<str:token>/", host_views.notice, name="notice"),
    path("<str:token>/noted/", host_views.noted, name="noted"),
]

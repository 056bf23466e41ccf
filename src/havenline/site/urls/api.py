"""What machines reach."""

from django.urls import path

from havenline.site.api import api

urlpatterns = [path("api/v1/", api.urls)]

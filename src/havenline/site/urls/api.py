"""What machines reach, and the page that explains it."""

from django.urls import path

from havenline.site import api_docs
from havenline.site.api import api

urlpatterns = [path("api/v1/docs", api_docs.show, name="api_docs"), path("api/v1/", api.urls)]

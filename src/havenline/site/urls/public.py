"""What the public process serves: intake, the small pages beside it, and nothing of the desk."""

from django.urls import include, path

from havenline.site import about

urlpatterns = [
    path("", include("havenline.journey.intake.urls")),
    path("", include("havenline.journey.prevention.public_urls")),
    *about.urlpatterns,
]

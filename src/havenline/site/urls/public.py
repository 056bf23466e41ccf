"""What the public process serves: intake, the small pages beside it, and nothing of the desk. Each in every language that is offered."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from havenline.site import about

urlpatterns = [
    path("log/leaves/", about.log_leaves, name="log_leaves"),  # lines for programs, in no language
    *i18n_patterns(
        path("", include("havenline.journey.intake.urls")),
        path("", include("havenline.foundation.lists.public_urls")),
        path("", include("havenline.journey.prevention.public_urls")),
        path("", include("havenline.journey.safeguarding.public_urls")),
        *about.urlpatterns,
        prefix_default_language=False,
    ),
]

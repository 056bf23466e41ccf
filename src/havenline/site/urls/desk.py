"""What professionals reach after signing in."""

from django.conf import settings
from django.urls import include, path

from havenline.site import demo_mail, places, styleguide

urlpatterns = [
    path("", include("havenline.foundation.people.account_urls")),
    path("", include("havenline.foundation.people.urls")),
    path("desk/", places.home, name="desk_home"),
    path("desk/records/", include("havenline.foundation.records.urls")),
    path("desk/", include("havenline.foundation.identifiers.urls")),
    path("desk/", include("havenline.foundation.sharing.urls")),
    path("desk/retention/", include("havenline.foundation.retention.urls")),
    path("desk/", include("havenline.foundation.accountability.urls")),
    path("desk/lists/exchange/", include("havenline.foundation.lists.exchange.urls")),
    path("desk/lists/paused-keys/", include("havenline.foundation.recognition.urls")),
    path("desk/lists/", include("havenline.foundation.lists.urls")),
    path("desk/find/", include("havenline.foundation.search.urls")),
    path("desk/ledger/", include("havenline.foundation.handover.ledger_urls")),
    path("desk/work/", include("havenline.site.urls.work")),
    path("desk/", include("havenline.foundation.handover.urls")),
    path("desk/", include("havenline.journey.intake.desk_urls")),
    path("desk/", include("havenline.journey.triage.urls")),
    path("desk/", include("havenline.journey.takedown.urls")),
    path("desk/", include("havenline.journey.investigation.urls")),
    path("desk/", include("havenline.journey.safeguarding.urls")),
    path("desk/", include("havenline.journey.prevention.urls")),
    path("desk/", include("havenline.journey.statistics.urls")),
]
if settings.INSTALLATION.is_demo or settings.INSTALLATION.kind == "none":
    urlpatterns += [
        path("styleguide/", styleguide.show, name="styleguide"),
        path("demo/mail/", demo_mail.letters, name="demo_mail"),
        path("demo/mail/<str:name>/", demo_mail.letter, name="demo_letter"),
    ]

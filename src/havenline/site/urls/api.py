"""What other organisations reach: machines with a key, with the page that explains it; hosts with the link of a letter;
other installations, to whose ledgers this one is a witness; and anybody who holds a copy of a record."""

from django.urls import include, path

from havenline.site import api_docs, check_copy, witness_view
from havenline.site.api import api

urlpatterns = [
    path("api/v1/docs", api_docs.show, name="api_docs"),
    path("api/v1/", api.urls),
    path("lists/", include("havenline.foundation.lists.exchange.feed_urls")),
    path("host/", include("havenline.journey.takedown.host_urls")),
    path("check/", check_copy.check, name="check_copy"),
    path("witness/add-checkpoint", witness_view.add_checkpoint, name="witness"),
]

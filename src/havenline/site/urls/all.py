"""Every URL at once: for tests, the command line and `reverse`. No process serves this."""

from havenline.site.urls import api, desk, public

urlpatterns = [*public.urlpatterns, *desk.urlpatterns, *api.urlpatterns]

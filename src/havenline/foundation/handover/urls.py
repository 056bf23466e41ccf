from django.urls import path

from havenline.foundation.handover import trace_views, views

app_name = "handover"
urlpatterns = [
    path("referrals/", views.tray, name="tray"),
    path("referrals/<str:reference>/", views.show, name="show"),
    path("unreached/", views.unreached, name="unreached"),
    path("trace/", trace_views.traces, name="traces"),
    path("trace/<str:reference>/", trace_views.trace, name="trace"),
    path("trace/<str:reference>/court/", trace_views.court, name="court"),
]

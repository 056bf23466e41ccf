"""Where clients of other systems read lists. NCMEC's put `/v2/…` behind their base address; Graph's a group's number."""

from django.urls import path

from havenline.foundation.lists.exchange import ncmec_views, threatexchange_views

app_name = "feeds"
urlpatterns = [
    path("threatexchange/threat_descriptors", threatexchange_views.descriptors, name="threat_descriptors"),
    path("threatexchange/<int:number>/threat_updates/", threatexchange_views.updates, name="threat_updates"),
    path("threatexchange/<int:app>/threat_privacy_groups_member", threatexchange_views.groups, name="threat_groups"),
    path("threatexchange/<int:number>", threatexchange_views.group, name="threat_group"),
    path("<slug:slug>/ncmec/v2/status", ncmec_views.status, name="ncmec_status"),
    path("<slug:slug>/ncmec/v2/members", ncmec_views.members, name="ncmec_members"),
    path("<slug:slug>/ncmec/v2/entries", ncmec_views.entries, name="ncmec_entries"),
    path("<slug:slug>/ncmec/v2/feedback/<str:kind>/reasons", ncmec_views.reasons, name="ncmec_reasons"),
    path("<slug:slug>/ncmec/v2/entries/<int:member>/<str:number>/<str:kind>/feedback", ncmec_views.feedback, name="ncmec_feedback"),
]

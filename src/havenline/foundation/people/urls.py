from django.urls import path

from havenline.foundation.people import draft_views, link_views, views

app_name = "people"
urlpatterns = [
    path("desk/act-as/", views.act_as, name="act_as"),
    path("desk/account/", views.account, name="account"),
    path("desk/drafts/", draft_views.show, name="drafts"),
    path("desk/drafts/save/", draft_views.save, name="save_draft"),
    path("desk/drafts/of-page/", draft_views.of_page, name="drafts_of_page"),
    path("desk/drafts/<int:pk>/delete/", draft_views.delete, name="delete_draft"),
    path("desk/account/address/", link_views.change_address, name="change_address"),
    path("account/invitation/<str:token>/", link_views.invitation, name="invitation"),
    path("account/address/<str:token>/", link_views.confirm_address, name="confirm_address"),
    path("desk/account/sessions/", views.sessions, name="sessions"),
    path("desk/account/sessions/<uuid:pk>/end/", views.end_session, name="end_session"),
    path("desk/proposals/", views.to_answer, name="proposals"),
    path("desk/proposals/<int:pk>/<slug:answer>/", views.answer_proposal, name="answer_proposal"),
    path("desk/people/", views.people, name="people"),
    path("desk/people/add/", views.add_person, name="add_person"),
    path("desk/people/add-agency/", views.add_agency, name="add_agency"),
    path("desk/people/agency/<slug:slug>/", views.agency, name="agency"),
    path("desk/people/agency/<slug:slug>/keys/<int:pk>/revoke/", views.revoke_key, name="revoke_key"),
    path("desk/people/agency/<slug:slug>/keys/<int:pk>/rotate/", views.rotate_key, name="rotate_key"),
    path("desk/people/<uuid:pk>/", views.person, name="person"),
    path("desk/people/<uuid:pk>/<slug:act>/", views.act_on_person, name="act_on_person"),
    path("desk/people/<uuid:pk>/roles/<int:membership>/end/", views.end_role, name="end_role"),
]

from django.urls import path

from havenline.journey.investigation.views import access, acts, cases, subjects

app_name = "investigation"
urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/take-up/<str:reference>/", cases.take_up, name="take_up"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/subject/", cases.open_subject, name="open_subject"),
    path("cases/<str:reference>/identifier/", acts.identifier, name="identifier"),
    path("cases/<str:reference>/ask/<int:pk>/", cases.ask_owners, name="ask_owners"),
    path("cases/<str:reference>/step/", acts.step, name="step"),
    path("cases/<str:reference>/owner/", acts.owner, name="owner"),
    path("cases/<str:reference>/answer/<str:hand_over>/", acts.answer, name="answer"),
    path("cases/<str:reference>/transfer/", acts.transfer, name="transfer"),
    path("cases/<str:reference>/silence/<int:pk>/", acts.silence, name="silence"),
    path("cases/<str:reference>/taken-in/<int:pk>/", cases.taken_in, name="taken_in"),
    path("cases/<str:reference>/no-subject/", acts.no_subject, name="no_subject"),
    path("cases/<str:reference>/close/", cases.close, name="close"),
    path("subjects/", subjects.subjects, name="subjects"),
    path("subjects/<str:number>/", subjects.subject, name="subject"),
    path("subjects/<str:number>/finding/", access.finding, name="finding"),
    path("subjects/<str:number>/review/", access.review, name="review"),
    path("subjects/<str:number>/child/", access.child, name="child"),
    path("subjects/<str:number>/obligations/<int:pk>/send/", access.send, name="send"),
    path("subjects/<str:number>/obligations/<int:pk>/settle/", access.settle, name="settle"),
    path("subjects/<str:number>/attribution/", acts.attribution, name="attribution"),
    path("subjects/<str:number>/attributions/<int:pk>/review/", acts.review_attribution, name="review_attribution"),
    path("subjects/<str:number>/attributions/<int:pk>/retract/", acts.retract_attribution, name="retract_attribution"),
    path("subjects/<str:number>/emergency/", acts.emergency, name="emergency"),
    path("subjects/<str:number>/name/", acts.name, name="name"),
    path("subjects/<str:number>/register-check/", acts.register_check, name="register_check"),
    path("subjects/<str:number>/contact-abuse/", acts.contact_abuse, name="contact_abuse"),
    path("subjects/<str:number>/welfare-check/", acts.welfare_check, name="welfare_check"),
]

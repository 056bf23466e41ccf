"""The desk of the hotline."""

from django.urls import path

from havenline.journey.triage.views import desk, on_call, work

app_name = "triage"
urlpatterns = [
    path("queue/", desk.queue, name="queue"),
    path("queue/next/", work.claim_next, name="claim_next"),
    path("queue/<str:reference>/", desk.report, name="report"),
    path("queue/<str:reference>/claim/", work.claim, name="claim"),
    path("queue/<str:reference>/set-aside/", work.release, name="release"),
    path("queue/<str:reference>/read/", desk.read, name="read"),
    path("queue/<str:reference>/items/<int:number>/grade/", work.grade, name="grade"),
    path("queue/<str:reference>/items/<int:number>/carry-over/", work.carry_over, name="carry_over"),
    path("queue/<str:reference>/items/<int:number>/look/", work.look, name="look"),
    path("queue/<str:reference>/children/", work.add_child, name="add_child"),
    path("queue/<str:reference>/write/", work.write, name="write"),
    path("queue/<str:reference>/decide/", work.decide, name="decide"),
    path("queue/<str:reference>/take-back/", work.take_back, name="take_back"),
    path("queue/<str:reference>/send-now/", work.send_now, name="send_now"),
    path("queue/<str:reference>/alarm/", work.confirm_alarm, name="confirm_alarm"),
    path("on-call/", on_call.on_call, name="on_call"),
    path("on-call/<int:shift>/remove/", on_call.remove_shift, name="remove_shift"),
]

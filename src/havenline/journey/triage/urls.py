"""The hotline's desk: the queue, one report, the rota."""

from django.urls import path

from havenline.journey.triage.views import deciding, reading, rota, working

app_name = "triage"
urlpatterns = [
    path("queue/", reading.queue, name="queue"),
    path("queue/next/", reading.claim_next, name="claim_next"),
    path("queue/alarms/<int:pk>/confirm/", reading.confirm_alarm, name="confirm_alarm"),
    path("queue/<str:reference>/", reading.report, name="report"),
    path("queue/<str:reference>/claim/", reading.claim, name="claim"),
    path("queue/<str:reference>/set-aside/", reading.set_aside, name="set_aside"),
    path("queue/<str:reference>/read/", reading.read, name="read"),
    path("queue/<str:reference>/items/<int:number>/grade/", working.grade, name="grade"),
    path("queue/<str:reference>/items/<int:number>/carry-over/", working.carry_over, name="carry_over"),
    path("queue/<str:reference>/items/<int:number>/look/", working.look, name="look"),
    path("queue/<str:reference>/children/", working.add_child, name="add_child"),
    path("queue/<str:reference>/signs/", working.settle_signs, name="settle_signs"),
    path("queue/<str:reference>/write/", working.write, name="write"),
    path("queue/<str:reference>/decide/", deciding.decide, name="decide"),
    path("queue/<str:reference>/take-back/", deciding.take_back, name="take_back"),
    path("queue/<str:reference>/send-now/", deciding.send_now, name="send_now"),
    path("on-call/", rota.on_call, name="on_call"),
    path("on-call/<int:pk>/remove/", rota.remove, name="remove_shift"),
]

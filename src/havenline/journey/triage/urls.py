"""The hotline's desk: the queue, one report, the rota."""

from django.urls import path

from havenline.journey.triage.views import alike, deciding, reading, rota, wellbeing, working

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
    path("queue/<str:reference>/items/<int:number>/accept/", working.accept, name="accept"),
    path("queue/<str:reference>/items/accept/", working.accept_all, name="accept_all"),
    path("queue/<str:reference>/items/<int:number>/look/", working.look, name="look"),
    path("queue/<str:reference>/items/<int:number>/alike/", alike.show, name="alike"),
    path("queue/<str:reference>/items/<int:number>/alike/give/", alike.give, name="give_to_alike"),
    path("queue/<str:reference>/items/<int:number>/alike/take-back/", alike.take_back, name="take_back_from_alike"),
    path("queue/<str:reference>/children/", working.add_child, name="add_child"),
    path("queue/<str:reference>/signs/", working.settle_signs, name="settle_signs"),
    path("queue/<str:reference>/write/", working.write, name="write"),
    path("queue/<str:reference>/decide/", deciding.decide, name="decide"),
    path("queue/<str:reference>/take-back/", deciding.take_back, name="take_back"),
    path("queue/<str:reference>/send-now/", deciding.send_now, name="send_now"),
    path("queue/<str:reference>/go-on/", wellbeing.go_on, name="go_on"),
    path("wellbeing/", wellbeing.mine, name="wellbeing"),
    path("wellbeing/break/", wellbeing.take_break, name="take_break"),
    path("wellbeing/back/", wellbeing.end_break, name="end_break"),
    path("wellbeing/limits/", wellbeing.own_limits, name="own_limits"),
    path("wellbeing/not-taken/", wellbeing.not_taken, name="not_taken"),
    path("wellbeing/check-in/", wellbeing.check_in, name="check_in"),
    path("wellbeing/check-in/erase/", wellbeing.erase_check_ins, name="erase_check_ins"),
    path("wellbeing/team/", wellbeing.team, name="team_load"),
    path("wellbeing/team/limits/", wellbeing.limits, name="look_limits"),
    path("wellbeing/plan/", wellbeing.plan, name="looks_plan"),
    path("on-call/", rota.on_call, name="on_call"),
    path("on-call/<int:pk>/remove/", rota.remove, name="remove_shift"),
]

"""Telling schools and parents what to look for, and hearing from them."""

from django.urls import path

from havenline.journey.prevention.views import lead, register, sender

app_name = "prevention"
urlpatterns = [
    path("schools/", sender.notices, name="notices"),
    path("schools/write/", sender.write, name="write"),
    path("schools/write/<str:reference>/", sender.write, name="write_from"),
    path("schools/texts/<int:pk>/", sender.campaign, name="campaign"),
    path("schools/texts/<int:pk>/words/", sender.rewrite, name="rewrite"),
    path("schools/texts/<int:pk>/choose/", sender.choose, name="choose"),
    path("schools/texts/<int:pk>/answer/", sender.answer, name="answer"),
    path("schools/texts/<int:pk>/propose/", sender.propose, name="propose"),
    path("schools/texts/<int:pk>/agree/", sender.agree, name="agree"),
    path("schools/texts/<int:pk>/give-back/", sender.give_back, name="give_back"),
    path("schools/texts/<int:pk>/drop/", sender.drop, name="drop"),
    path("schools/asked/<int:pk>/leave-out/", sender.leave_out, name="leave_out"),
    path("schools/asked/<int:pk>/officer/", sender.officer, name="officer"),
    path("schools/notices/<str:reference>/", sender.notice, name="notice"),
    path("schools/notices/<str:reference>/call/", sender.call, name="call"),
    path("schools/notices/<str:reference>/withdraw/", sender.withdraw, name="withdraw"),
    path("schools/register/", register.register, name="register"),
    path("schools/register/add/", register.add_school, name="add_school"),
    path("schools/register/<int:urn>/", register.school, name="school"),
    path("schools/register/<int:urn>/verify/", register.verify, name="verify"),
    path("schools/register/<int:urn>/agency/", register.link, name="link"),
    path("schools/register/<int:urn>/telephone/", register.telephone, name="telephone"),
    path("schools/verified/<int:pk>/end/", register.end_contact, name="end_contact"),
    path("school/messages/", lead.messages, name="messages"),
    path("school/messages/<str:reference>/", lead.message, name="message"),
    path("school/messages/<str:reference>/acknowledge/", lead.acknowledge, name="acknowledge"),
    path("school/sheets/<str:audience>/", lead.sheet, name="sheet"),
    path("school/screen/", lead.screen, name="screen"),
    path("school/concerns/raise/", lead.raise_concern, name="raise_concern"),
    path("school/concerns/<str:reference>/", lead.concern, name="concern"),
]

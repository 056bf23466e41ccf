from django.urls import path

from havenline.journey.safeguarding import views

app_name = "safeguarding"
urlpatterns = [
    path("clocks/", views.clocks, name="clocks"),
    path("children/", views.cases, name="cases"),
    path("return/", views.statutory_return, name="return"),
    path("return/csv/", views.return_csv, name="return_csv"),
    path("return/<slug:figure>/<slug:state>/", views.return_cases, name="return_cases"),
    path("children/<str:reference>/", views.child_case, name="child_case"),
    path("children/<str:reference>/print/", views.print_case, name="print"),
    path("children/<str:reference>/pdf/", views.case_pdf, name="case_pdf"),
    path("children/<str:reference>/decide/", views.decide, name="decide"),
    path("children/<str:reference>/sign-off/", views.sign_off, name="sign_off"),
    path("children/<str:reference>/answer/", views.answer, name="answer"),
    path("children/<str:reference>/record/", views.record, name="record"),
    path("children/<str:reference>/record/<slug:step>/", views.record_step, name="record_step"),
    path("children/<str:reference>/events/<int:event>/", views.correct, name="correct"),
    path("children/<str:reference>/book/<slug:step>/", views.book, name="book"),
    path("children/<str:reference>/bookings/<int:booking>/cancel/", views.cancel_booking, name="cancel_booking"),
    path("children/<str:reference>/child/", views.change_child, name="change_child"),
    path("children/<str:reference>/same/", views.same, name="same"),
    path("children/<str:reference>/papers/<slug:code>/", views.begin_paper, name="begin_paper"),
    path("children/<str:reference>/papers/<slug:code>/<int:number>/", views.paper, name="paper"),
    path("children/<str:reference>/papers/<slug:code>/<int:number>/versions/", views.versions, name="versions"),
    path("children/<str:reference>/papers/<slug:code>/<int:number>/pdf/", views.paper_pdf, name="paper_pdf"),
    path("children/<str:reference>/papers/<slug:code>/<int:number>/sign/", views.sign_paper, name="sign_paper"),
    path("children/<str:reference>/papers/<slug:code>/<int:number>/reopen/", views.reopen_paper, name="reopen_paper"),
    path("children/<str:reference>/household/", views.household, name="household"),
    path("children/<str:reference>/seen/", views.seen, name="seen"),
    path("children/<str:reference>/tell/", views.tell, name="tell"),
    path("children/<str:reference>/note/", views.note, name="note"),
    path("children/<str:reference>/people/", views.people, name="people"),
    path("children/<str:reference>/transfer/", views.transfer, name="transfer"),
    path("children/<str:reference>/close/", views.close, name="close"),
    path("referrals/<str:reference>/take-up/", views.take_up, name="take_up"),
]

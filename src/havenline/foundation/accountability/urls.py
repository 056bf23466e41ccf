from django.urls import path

from havenline.foundation.accountability import views

app_name = "accountability"
urlpatterns = [
    path("requests/", views.requests, name="requests"),
    path("requests/<str:number>/", views.show, name="request"),
    path("requests/<str:number>/letter/", views.letter, name="letter"),
    path("requests/<str:number>/of/<str:reference>/", views.decide, name="decide"),
    path("requests/<str:number>/do/<slug:what>/", views.act, name="act"),
    path("breaches/", views.breaches, name="breaches"),
    path("breaches/<str:number>/", views.breach, name="breach"),
]

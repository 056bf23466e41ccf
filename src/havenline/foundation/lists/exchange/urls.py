from django.urls import path

from havenline.foundation.lists.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("doubts/<int:pk>/seen/", views.seen, name="seen"),
    path("<slug:slug>/", views.source, name="source"),
    path("<slug:slug>/<str:act>/", views.act, name="act"),
]

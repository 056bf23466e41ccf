from django.urls import path

from havenline.foundation.sharing import views

app_name = "sharing"
urlpatterns = [
    path("sharing/<str:reference>/", views.record, name="record"),
    path("sharing/<str:reference>/<int:party>/end/", views.end_share, name="end_share"),
    path("break-glass/", views.glass, name="glass"),
    path("break-glass/<int:pk>/<slug:act>/", views.act_on_glass, name="act_on_glass"),
]

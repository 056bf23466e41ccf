from django.urls import path

from havenline.foundation.recognition import views

app_name = "recognition"
urlpatterns = [
    path("", views.pauses, name="pauses"),
    path("<int:pk>/<slug:act>/", views.answer, name="answer_pause"),
]

from django.urls import path

from havenline.foundation.identifiers import views

app_name = "identifiers"
urlpatterns = [
    path("enquiries/", views.enquiries, name="enquiries"),
    path("enquiries/<int:pk>/settle/", views.settle, name="settle"),
]

from django.urls import path

app_name = "investigation"
urlpatterns: list = []

from django.urls import path

app_name = "safeguarding"
urlpatterns: list = []

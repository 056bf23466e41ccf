from django.urls import path

from havenline.foundation.search import views

app_name = "search"
urlpatterns = [path("", views.find, name="find")]

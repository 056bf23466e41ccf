from django.urls import path

from havenline.foundation.records import views

app_name = "records"
urlpatterns = [path("<str:reference>/<slug:what>/", views.act, name="act")]

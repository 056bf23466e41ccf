"""django-allauth's views that we use, under our own addresses. Their names are allauth's: it looks them up."""

from django.urls import path

from havenline.foundation.people import account_views

urlpatterns = [
    path("sign-in/", account_views.sign_in, name="account_login"),
    path("sign-in/again/", account_views.reauthenticate, name="account_reauthenticate"),
    path("sign-in/closed/", account_views.closed, name="account_inactive"),
    path("sign-out/", account_views.sign_out, name="account_logout"),
    path("desk/account/password/", account_views.change_password, name="account_change_password"),
]

"""django-allauth's views that we use, under our own addresses. Their names are allauth's: it looks them up."""

from django.urls import path

from havenline.foundation.people import account_views, factor_views, single_sign_on

FACTORS = "desk/account/second-factor/"

urlpatterns = [
    path("sign-in/", account_views.sign_in, name="account_login"),
    path("sign-in/second/", factor_views.second, name="mfa_authenticate"),
    path("sign-in/passkey/", factor_views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("sign-in/with/<slug:provider_id>/", single_sign_on.begin, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back/", single_sign_on.come_back, name="openid_connect_callback"),
    path("sign-in/again/", account_views.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", factor_views.again_by_code, name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", factor_views.again_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("sign-in/closed/", account_views.closed, name="account_inactive"),
    path("sign-out/", account_views.sign_out, name="account_logout"),
    path("desk/account/password/", account_views.change_password, name="account_change_password"),
    path(FACTORS, factor_views.index, name="mfa_index"),
    path(f"{FACTORS}codes/", factor_views.add_codes, name="mfa_activate_totp"),
    path(f"{FACTORS}passkeys/", factor_views.add_passkey, name="mfa_add_webauthn"),
    path(f"{FACTORS}<int:pk>/remove/", factor_views.remove, name="mfa_remove"),
    path(f"{FACTORS}recovery/", factor_views.see_recovery_codes, name="mfa_view_recovery_codes"),
    path(f"{FACTORS}recovery/new/", factor_views.new_recovery_codes, name="mfa_generate_recovery_codes"),
]

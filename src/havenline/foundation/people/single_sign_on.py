"""Signing in by an agency's own identity provider (OpenID Connect): into an account that exists, never a new one."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect import views
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from havenline.foundation import outgoing
from havenline.foundation.people import actions

PATIENCE = 10.0  # seconds for each answer of the provider
LONGEST = 254  # characters of an address (RFC 5321)
LARGEST_ANSWER = 1024 * 1024  # bytes
SIGNED_BY = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}  # never a shared secret, never none


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Where django-allauth asks us. No link between accounts is stored: the address says who it is, each time."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account of the address that the provider has verified, or say that there is none."""
        address = address_in(sociallogin.account.extra_data)
        person = actions.account_of(address=address) if address else None
        if person is None:
            raise ImmediateHttpResponse(
                _back(request, _("There is no account here for the address that you signed in with. Ask your administrator."))
            )
        sociallogin.user = person

    def on_authentication_error(self, request: HttpRequest, provider: Any, **said: Any) -> None:
        raise ImmediateHttpResponse(_not_let_in(request))

    def get_requests_session(self) -> outgoing.Session:
        """Nothing that the provider answers leads us elsewhere, and it is not waited for long."""
        return outgoing.Session(within=PATIENCE, largest=LARGEST_ANSWER, may_ask_inside=settings.INSTALLATION.may_ask_inside)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing of allauth's is mailed."""


class Provider(views.OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The provider of the way back: it is the one that havenline.toml names, and has signed what it says of a person."""

    @property
    def openid_config(self) -> dict[str, Any]:
        found = super().openid_config
        expected = settings.INSTALLATION.sign_in.get("issuer", "")
        if not isinstance(found, dict) or str(found.get("issuer", "")).rstrip("/") != expected.rstrip("/"):
            raise OAuth2Error("it calls itself by another name")
        return found

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """django-allauth leaves the signature out where the token came over TLS from the provider itself."""
        try:
            config = self.openid_config
            if jwtkit.jwt.get_unverified_header(id_token).get("alg") not in SIGNED_BY:
                raise OAuth2Error("not signed as we accept it")
            said: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=config["jwks_uri"],
                issuer=config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (KeyError, TypeError, ValueError, AttributeError, jwtkit.jwt.PyJWTError) as error:
            raise OAuth2Error("its word cannot be read") from error
        return said


def address_in(said: Any) -> str:
    """The address that a provider's two answers name and say is verified; empty where they do not, whatever else they are."""
    about, signed = (said.get(name) if isinstance(said, dict) else None for name in ("userinfo", "id_token"))
    if not isinstance(about, dict) or not isinstance(signed, dict):
        return ""
    subject, address = about.get("sub"), about.get("email")
    if not isinstance(subject, str) or not subject or subject != signed.get("sub") or about.get("email_verified") is not True:
        return ""
    return address if isinstance(address, str) and len(address) <= LONGEST and address.isprintable() else ""


def _back(request: HttpRequest, words: str) -> HttpResponse:
    messages.error(request, words)
    return redirect("account_login")


def _not_let_in(request: HttpRequest) -> HttpResponse:
    return _back(request, _("Your agency’s sign-in did not let you in, or did not answer. Try again, or use your password."))


def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Lead to the provider."""
    try:
        answer: HttpResponse = views.login(request, provider_id)
    except (outgoing.Session.Failed, KeyError):
        return _back(request, _("Your agency’s sign-in does not answer. Try again later, or use your password."))
    return answer


def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with a code that only it can have made."""
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(Provider(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (OAuth2Error, outgoing.Session.Failed, KeyError):  # before allauth looks at its answer: of who it is, and where
        return _not_let_in(request)
    return answer

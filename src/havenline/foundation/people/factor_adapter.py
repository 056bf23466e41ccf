"""Where django-allauth asks us about second factors."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _

from havenline.foundation.people.models import Person


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are sealed for their person; rows are made and removed by `actions.factors` alone."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": _("This passkey was not accepted. Try again.")}

    def _get_site_name(self) -> str:
        return str(settings.DEPLOYMENT.name)

    def encrypt(self, text: str) -> str:
        raise NotImplementedError("actions.factors seals a secret for its person.")

    decrypt = encrypt

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        return _("Passkey %(number)s") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

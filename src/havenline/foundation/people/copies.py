"""Who works here, and how they sign in: nothing of a record."""

from django.apps import apps

from havenline.foundation.people.models import Agency, ApiKey, Membership, Person
from havenline.foundation.sealing import copies

for own in (Agency, Person, Membership, ApiKey):
    copies.of_no_record(own, "people and agencies, not what was reported")
for label in ("auth", "contenttypes", "sessions", "account"):
    if apps.is_installed(f"django.contrib.{label}") or apps.is_installed(f"allauth.{label}"):
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            copies.of_no_record(model, "signing in")

"""Who works here, and how they sign in: nothing of a record."""

from django.apps import apps

from havenline.foundation.people.models import AccountLink, Agency, ApiKey, Draft, FailedNear, Membership, Person, Proposal, Visit
from havenline.foundation.sealing import copies

for own in (Agency, Person, Membership, ApiKey, FailedNear, Visit, AccountLink, Proposal):
    copies.of_no_record(own, "people and agencies, not what was reported")
copies.by_an_act(Draft, "was sealed with the record's key too, and goes with it")
copies.act("people.draft", lambda reference, _pk: Draft.objects.filter(record=reference).delete()[0])
for label in ("auth", "contenttypes", "sessions", "account", "mfa", "socialaccount"):
    if apps.is_installed(f"django.contrib.{label}") or apps.is_installed(f"allauth.{label}"):
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            copies.of_no_record(model, "signing in")

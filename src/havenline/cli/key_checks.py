"""What `havenline doctor` looks at of keys: whether they are there, private, and fit each other."""

from django.conf import settings

from havenline.cli.finding import Finding
from havenline.cli.finding import bad as _bad
from havenline.cli.finding import well as _well
from havenline.foundation.people.models import Agency
from havenline.foundation.people.roles import AgencyKind
from havenline.foundation.records import actions as records
from havenline.foundation.sealing import actions as sealing
from havenline.foundation.sealing import desk_key, given, holders, keys, rotation


def sealing_keys() -> Finding:
    """The keys are there, private, and fit each other: a word sealed to the desk opens at the desk."""
    try:
        loose = _loose_keys()
        for name in (*keys.SECRETS, "desk.secret", "public.secret", "ledger.pub"):
            keys.read(name)
        if str(keys.ledger_key().public) not in keys.ledger_public_keys():
            return _bad("keys", "ledger.pub does not tell the key of ledger.key", "Restore both from the same backup of keys.")
        desk_key.signed()
        sealed = sealing.seal_to_desk("doctor", "check", "a word")
        fits = sealing.open_at_desk("doctor", "check", sealed) == "a word"
    except (keys.KeyMissing, OSError) as error:
        to_do = "Restore the keys from your backup of keys. Without desk.key nobody can read what was reported."
        return _bad("keys", str(error), "Run havenline ledger new-key." if "new-key" in str(error) else to_do)
    except sealing.NotSealedByThisKey:
        fits, loose = False, []
    if not fits:
        return _bad(
            "keys", "desk.pub does not belong to desk.key", "Restore both from the same backup; what arrives meanwhile could not be read."
        )
    if loose:
        return _bad("keys", f"{', '.join(loose)} can be read by others", f"Run chmod 600 {settings.KEYS}/*")
    return _well("keys", "complete, private, and they fit each other")


def _loose_keys() -> list[str]:
    """Key files that are not of mode 600; none where keys are given and are no files."""
    if given.keys() is not None:
        return []
    return [path.name for path in sorted(settings.KEYS.iterdir()) if path.stat().st_mode & 0o177 and not path.name.endswith(".pub")]


def public_keys() -> Finding:
    """A public host has what seals a report and finds it by its receipt, and nothing that opens one."""
    for name in ("desk.key", "desk.secret", "ledger.key", "receipt.key"):
        if keys.is_there(name):
            return _bad(
                "keys", f"{name} is on this host", "It was copied by mistake: destroy it here, and ask who could read it meanwhile."
            )
    try:
        sealing.seal_to_desk("doctor", "check", "a word")
        for name in ("form.key", "mac.key", "public.secret"):
            keys.read(name)
        loose = _loose_keys()
    except (keys.KeyMissing, OSError, ValueError) as error:
        return _bad("keys", str(error), "Make this home again at the desk's host: havenline public-home.")
    if loose:
        return _bad("keys", f"{', '.join(loose)} can be read by others", f"Run chmod 600 {settings.KEYS}/*")
    return _well("keys", "what seals a report; none that opens one, or finds one by its receipt")


def agencies_keys() -> Finding:
    """Each agency has its pair, what it is party to is wrapped for it, and every report was sealed to a key of ours."""
    name = "agencies’ keys"
    if at := desk_key.refused_lately():
        to_do = "Take the public host off the network, keep a copy of it, and make its home again: havenline public-home."
        return _bad(name, f"a public host refused a swapped desk.pub, last {at:%Y-%m-%d %H:%M} UTC", to_do)
    without = [agency.slug for agency in Agency.objects.exclude(kind=AgencyKind.OUTSIDE) if not holders.has_pair(agency.holder)]
    if without:
        return _bad(name, f"{', '.join(without)} has none, so its people read nothing new", "Run havenline migrate.")
    if records.without_a_wrap()[:1]:
        to_do = "The worker does it within ten minutes, or havenline migrate at once."
        return Finding(name, None, "some records are not wrapped for all of their parties yet", to_do)
    if going := [f"{one.holder} ({one.done} of {one.of})" for one in rotation.under_way()]:
        return Finding(name, None, f"being exchanged: {', '.join(going)}", "The worker goes on; havenline keys rotate shows how far it is.")
    return _well(name, "each has its pair, and what it is party to is wrapped for it")

"""A list itself: made, its terms, who may see, match and be sent it, held, released, closed."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from havenline.foundation import moment
from havenline.foundation.ledger import actions as ledger
from havenline.foundation.ledger.actors import Actor
from havenline.foundation.lists.actions.changing import MANAGERS, membership_of, must_keep
from havenline.foundation.lists.actions.errors import ListClosed, ReaderHasNothing, SlugTaken, TooManyLists, WordsMissing
from havenline.foundation.lists.models import MOST_LISTS, KnownList, ListReader
from havenline.foundation.people.models import Agency


@transaction.atomic
def make_list(
    *,
    name: str,
    kind: str,
    origin: str,
    agency: Agency,
    by: Actor,
    slug: str = "",
    licence: str = "",
    sharing_terms: str = "",
    is_matched: bool = True,
) -> KnownList:
    """Make an empty list that an agency keeps. Raises WordsMissing, SlugTaken, TooManyLists, NotYourRole, NotYourList."""
    name = " ".join(name.split())
    if not name:
        raise WordsMissing(_("Give the list a name."))
    slug = slugify(slug or name)[:50]
    made = KnownList(slug=slug, name=name[:120], kind=KnownList.Kind(kind), origin=KnownList.Origin(origin), agency=agency)
    made.licence, made.sharing_terms, made.is_matched = licence.strip()[:200], sharing_terms.strip()[:2000], is_matched
    made.made_at, made.made_by = moment.now(), membership_of(by)
    must_keep(made, by, *MANAGERS)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        if KnownList.objects.filter(slug=slug).exists():
            raise SlugTaken(_("Another list has the short name “%(slug)s”: choose one of its own.") % {"slug": slug}) from error
        if KnownList.objects.count() >= MOST_LISTS:
            raise TooManyLists(_("There are as many lists as an index can tell apart.")) from error
        raise
    ledger.record(by, "made a list", made, reason=origin, changed={"name": name, "kind": kind})
    return made


@transaction.atomic
def change_terms(
    *,
    known_list: KnownList,
    by: Actor,
    name: str | None = None,
    licence: str | None = None,
    sharing_terms: str | None = None,
    is_matched: bool | None = None,
) -> KnownList:
    """Change what is said of a list, and whether what arrives is compared with it; None: as it was. Raises WordsMissing, ListClosed."""
    must_keep(known_list, by, *MANAGERS)
    known_list = _open(known_list)
    said = {"name": name and " ".join(name.split())[:120], "licence": licence and licence.strip()[:200]}
    said |= {"sharing_terms": sharing_terms and sharing_terms.strip()[:2000]}
    if name is not None and not said["name"]:
        raise WordsMissing(_("Give the list a name."))
    changed = {
        key: value for key, value in (said | {"is_matched": is_matched}).items() if value is not None and value != getattr(known_list, key)
    }
    if changed:
        for key, value in changed.items():
            setattr(known_list, key, value)
        known_list.save(update_fields=list(changed))
        ledger.record(by, "changed a list", known_list, reason=", ".join(sorted(changed)), changed=changed)
    return known_list


@transaction.atomic
def let_read(
    *, known_list: KnownList, agency: Agency, by: Actor, may_see: bool = False, may_match: bool = False, may_be_sent: bool = False
) -> ListReader:
    """Let an agency see a list, be told of its matches, or be sent it. What it might before ends with it: the old row stays.

    Raises ReaderHasNothing, ListClosed, NotYourRole, NotYourList.
    """
    must_keep(known_list, by, *MANAGERS)
    known_list = _open(known_list)
    if not (may_see or may_match or may_be_sent):
        raise ReaderHasNothing(_("Choose what the agency may do with the list."))
    if agency.pk == known_list.agency_id:
        raise ReaderHasNothing(_("%(agency)s keeps the list, and needs no leave.") % {"agency": agency.name})
    wanted = {"may_see": may_see, "may_match": may_match, "may_be_sent": may_be_sent}
    standing = ListReader.objects.filter(known_list=known_list, agency=agency, until=None).first()
    if standing is not None:
        if all(getattr(standing, key) == value for key, value in wanted.items()):
            return standing
        standing.until = moment.now()
        standing.save(update_fields=["until"])
    reader = ListReader.objects.create(known_list=known_list, agency=agency, since=moment.now(), let_in_by=membership_of(by), **wanted)
    may = ", ".join(key.removeprefix("may_").replace("_", " ") for key, value in wanted.items() if value)
    ledger.record(by, "let an agency read a list", reader, reason=may, to=agency.slug)
    return reader


@transaction.atomic
def end_reader(*, reader: ListReader, by: Actor) -> ListReader:
    """The agency reads the list no more, from now on. Ending twice changes nothing. Raises NotYourRole, NotYourList."""
    must_keep(reader.known_list, by, *MANAGERS)
    reader = ListReader.objects.select_for_update(of=("self",)).select_related("known_list__agency", "agency").get(pk=reader.pk)
    if reader.until is None:
        reader.until = moment.now()
        reader.save(update_fields=["until"])
        ledger.record(by, "ended an agency’s reading of a list", reader)
    return reader


@transaction.atomic
def hold_list(*, known_list: KnownList, reason: str, by: Actor) -> KnownList:
    """Apply nothing that arrives until a person releases it; what stands on it stays, and is matched. Raises WordsMissing."""
    must_keep(known_list, by, *MANAGERS)
    if not reason.strip():
        raise WordsMissing(_("Say why the list is held."))
    known_list = _open(known_list)
    if known_list.held_at is None:
        known_list.held_at, known_list.held_why = moment.now(), " ".join(reason.split())[:300]
        known_list.save(update_fields=["held_at", "held_why"])
        ledger.record(by, "held a list", known_list, changed={"reason": reason})
    return known_list


@transaction.atomic
def release_list(*, known_list: KnownList, by: Actor) -> KnownList:
    """What arrives is applied again; what waits still waits for a person's word. Releasing twice changes nothing."""
    must_keep(known_list, by, *MANAGERS)
    known_list = _open(known_list)
    if known_list.held_at is not None:
        known_list.held_at, known_list.held_why = None, ""
        known_list.save(update_fields=["held_at", "held_why"])
        ledger.record(by, "released a list", known_list)
    return known_list


@transaction.atomic
def close_list(*, known_list: KnownList, by: Actor) -> KnownList:
    """It is matched and sent no more; what stood on it stays, to be read. Closing twice changes nothing."""
    must_keep(known_list, by, *MANAGERS)
    locked = KnownList.objects.select_for_update(of=("self",)).select_related("agency").get(pk=known_list.pk)
    if locked.closed_at is None:
        locked.closed_at, locked.is_matched = moment.now(), False
        locked.save(update_fields=["closed_at", "is_matched"])
        ledger.record(by, "closed a list", locked)
    return locked


@transaction.atomic
def note_export(*, known_list: KnownList, count: int, digest: str, by: Actor) -> None:
    """That somebody took the whole list out, and by which digest the copy is known again."""
    ledger.record(by, "exported a list", known_list, reason=f"{count} entries, sha256 {digest}")


def _open(known_list: KnownList) -> KnownList:
    locked = KnownList.objects.select_for_update(of=("self",)).select_related("agency").get(pk=known_list.pk)
    if locked.closed_at is not None:
        raise ListClosed(_("This list is closed: make another, or add to one that is open."))
    return locked

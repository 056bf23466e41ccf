from django.apps import apps
from django.db.models import TextField

from havenline.foundation.post.models import Letter
from havenline.foundation.records.models import Silence
from havenline.foundation.sealing import copies


def test_every_column_of_words_or_bytes_is_kept_emptied_or_of_no_record() -> None:
    """A new table or column: say in its room's copies.py what becomes of it when its record is erased."""
    undecided = {model._meta.label: names for model in apps.get_models(include_auto_created=True) if (names := copies.undecided(model))}
    assert undecided == {}


def test_a_column_that_no_room_decided_about_is_named() -> None:
    notes = TextField()
    notes.contribute_to_class(Silence, "notes_of_a_test")
    try:
        assert copies.undecided(Silence) == ["notes_of_a_test"]
        assert copies.undecided(Letter) == []
    finally:
        Silence._meta.local_fields.remove(notes)
        Silence._meta._expire_cache()
        del Silence.notes_of_a_test


def test_whatever_is_emptied_has_a_value_that_says_nothing() -> None:
    for one in copies._decided:
        for name in one.emptied:
            column = one.model._meta.get_field(name)
            assert copies.empty_value(column) is not None or column.null, f"{one.model._meta.label}.{name} can neither be empty nor NULL"

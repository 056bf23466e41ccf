"""A record is found with a slip, by days, and by marks of what lies sealed. Each database indexes marks beside words in its own way."""

from django.db import migrations, models

from havenline.foundation.search import marks

ABOUT = "What it is found by beside its words, a space between (search.marks)."
MARKS = " || array_to_tsvector(string_to_array(marks, ' '))"
TRIGGERS = [
    "CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN"
    " INSERT INTO search_words(rowid, {columns}) VALUES (new.record_id, {new}); END",
    "CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN"
    " INSERT INTO search_words(search_words, rowid, {columns}) VALUES ('delete', old.record_id, {old}); END",
    "CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN"
    " INSERT INTO search_words(search_words, rowid, {columns}) VALUES ('delete', old.record_id, {old});"
    " INSERT INTO search_words(rowid, {columns}) VALUES (new.record_id, {new}); END",
]
NO_TRIGGERS = [f"DROP TRIGGER IF EXISTS search_document_{name}" for name in ("changed", "removed", "added")]


def sqlite(*columns):
    said = {"columns": ", ".join(columns), "new": ", ".join(f"new.{c}" for c in columns), "old": ", ".join(f"old.{c}" for c in columns)}
    return [
        *NO_TRIGGERS,
        "DROP TABLE search_words",
        f"CREATE VIRTUAL TABLE search_words USING fts5({said['columns']}, content='search_document', content_rowid='record_id',"
        " prefix='2 3', tokenize='porter unicode61 remove_diacritics 2')",
        "INSERT INTO search_words(search_words) VALUES ('rebuild')",
        *(trigger.format(**said) for trigger in TRIGGERS),
    ]


def postgresql(more):
    """A generated column goes with its index."""
    return [
        "ALTER TABLE search_document DROP COLUMN vector",
        "ALTER TABLE search_document ADD COLUMN vector tsvector"
        f" GENERATED ALWAYS AS (to_tsvector('simple', words) || to_tsvector('english', words){more}) STORED",
        "CREATE INDEX search_document_vector ON search_document USING gin (vector)",
    ]


def run(statements):
    def apply(apps, editor):
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement)

    return apply


def mark(apps, editor):
    """What is found by words already is found with a slip, too. What lies sealed is marked when it is next worked on."""
    Document = apps.get_model("search", "Document")
    for document in Document.objects.iterator(chunk_size=500):
        found = {one for word in marks.words_of(document.words) for one in marks.of_word(word)}
        Document.objects.filter(pk=document.pk).update(marks=" ".join(sorted(found)))


class Migration(migrations.Migration):
    dependencies = [("search", "0002_index_words")]
    operations = [
        # On SQLite Django makes the table anew for a column more or less, and the triggers go with the old one.
        migrations.RunPython(run({"sqlite": NO_TRIGGERS, "postgresql": []}), run({"sqlite": sqlite("words"), "postgresql": []})),
        migrations.AddField("document", "marks", models.TextField(default="", help_text=ABOUT)),
        migrations.RunPython(
            run({"sqlite": sqlite("words", "marks"), "postgresql": postgresql(MARKS)}),
            run({"sqlite": NO_TRIGGERS, "postgresql": postgresql("")}),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]

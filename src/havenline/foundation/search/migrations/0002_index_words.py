"""Each database indexes a document's words in its own way: FTS5 on SQLite, a generated tsvector on PostgreSQL."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_document', content_rowid='record_id',"
    " tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_document_added AFTER INSERT ON search_document BEGIN"
    " INSERT INTO search_words(rowid, words) VALUES (new.record_id, new.words); END",
    "CREATE TRIGGER search_document_removed AFTER DELETE ON search_document BEGIN"
    " INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.record_id, old.words); END",
    "CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document BEGIN"
    " INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.record_id, old.words);"
    " INSERT INTO search_words(rowid, words) VALUES (new.record_id, new.words); END",
]
SQLITE_BACK = [
    "DROP TRIGGER search_document_changed",
    "DROP TRIGGER search_document_removed",
    "DROP TRIGGER search_document_added",
    "DROP TABLE search_words",
]
POSTGRESQL = [
    "ALTER TABLE search_document ADD COLUMN vector tsvector"
    " GENERATED ALWAYS AS (to_tsvector('simple', words) || to_tsvector('english', words)) STORED",
    "CREATE INDEX search_document_vector ON search_document USING gin (vector)",
]
POSTGRESQL_BACK = ["ALTER TABLE search_document DROP COLUMN vector"]


def run(statements):
    def apply(apps, editor):
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement)

    return apply


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRESQL}), run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK})
        )
    ]

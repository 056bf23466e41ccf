"""After an erasure: what the database keeps of deleted rows in its own files goes too, as far as we may do that.

SQLite overwrites what is deleted (secure_delete, in the settings); its index of words and its log are written anew here.
On PostgreSQL the old versions of rows go at the next VACUUM, which the tables' owner runs with each `havenline backup`.
"""

from django.db import connection


def sweep() -> None:
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_words(search_words) VALUES ('rebuild')")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

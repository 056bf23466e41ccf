"""What can be found of a record by words. A derived copy: it is erased with its record."""

from django.db import models

from havenline.foundation.records.models import Record


class Document(models.Model):
    """The words of one record, without accents and in lower case, and its marks; each database indexes them in its own way."""

    record = models.OneToOneField(Record, primary_key=True, on_delete=models.CASCADE, related_name="document")
    words = models.TextField()
    marks = models.TextField(default="", help_text="What it is found by beside its words, a space between (search.marks).")

    def __str__(self) -> str:
        return f"words of {self.record}"

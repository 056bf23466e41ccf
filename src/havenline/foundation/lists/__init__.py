"""Hash lists and URL lists: what is on them, whose word that is, who may see, match and be sent them, and every change by its number."""

"""A conversation, screened for the published warning signs."""

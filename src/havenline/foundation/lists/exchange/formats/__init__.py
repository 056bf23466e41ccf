"""One file for each format: how a page of it is written, and how one is read that anybody may have sent. No Django here."""

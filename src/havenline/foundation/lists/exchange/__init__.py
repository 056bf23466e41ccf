"""Lists leave to those who may be sent them, and others' lists arrive: NCMEC's XML, ThreatExchange's JSON, CSV, and our own signed pages.

Every format tells the same (`told.Told`): what is listed, and what is listed no longer.
"""

"""What comes from outside is read by something here: each reader under arbitrary bytes (README.md)."""

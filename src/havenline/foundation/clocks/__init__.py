"""What is due, when, why, and for whom."""

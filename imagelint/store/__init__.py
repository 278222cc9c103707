"""What many runs found out, kept: a database with a documented schema."""

"""What a run comes to: judge, allow, decide. Pure."""

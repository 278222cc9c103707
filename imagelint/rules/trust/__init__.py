"""Rules about what an examined tree loosens of what it is judged by."""

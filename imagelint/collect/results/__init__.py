"""Files of results, streamed."""

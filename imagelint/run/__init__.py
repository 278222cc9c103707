"""One run: what to examine, what is known from earlier runs, who does it, one image."""

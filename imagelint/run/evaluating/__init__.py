"""One evaluation: what to read, what it is about, what came of it."""

"""The policies in which the examined tree has no say, and what it loosens of them."""

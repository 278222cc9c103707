"""Rules of one's own in a policy: how they are written, checked and found."""

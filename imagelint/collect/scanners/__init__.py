"""Programs that look for vulnerable packages, behind one protocol."""

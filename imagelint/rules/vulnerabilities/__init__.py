"""Rules about the packages of an image and about what the scanner could know."""

"""What is told of rules: their pages, their names, as text of a terminal."""

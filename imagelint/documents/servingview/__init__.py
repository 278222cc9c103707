"""From the words of a start command to what a serving engine is told."""

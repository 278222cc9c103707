"""What is told at the end of a run about the facts upon which it rests."""

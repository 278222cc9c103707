"""What fixes need to know: where something can be put."""

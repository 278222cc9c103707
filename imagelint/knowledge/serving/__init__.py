"""What serves models where no name of an engine stands."""

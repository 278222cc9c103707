"""Whether a model server starts, fits and stays up."""

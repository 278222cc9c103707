"""What is read of the files of a run."""

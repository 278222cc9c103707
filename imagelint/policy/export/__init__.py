"""Who must have signed, in the languages of admission controllers."""

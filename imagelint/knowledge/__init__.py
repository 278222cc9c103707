"""Facts as data, with the place each comes from, and one small typed reader per table."""

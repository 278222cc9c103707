"""What the API server holds an object to: its fields, their types, and what they may hold."""

"""Options of commands: what each group of them says, and the values they take."""

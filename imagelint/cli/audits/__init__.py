"""How an audit is put together of what the command line says, and run."""

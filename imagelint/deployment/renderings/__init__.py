"""What engines render, as documents whose nodes stand where their values are written."""

"""What rules ask about documents and no single node can answer."""

"""PromQL: expressions as positioned trees, and the documents that hold them."""

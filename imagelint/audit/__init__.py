"""Many images by one policy: which there are, what is known of them, and who looks at them."""

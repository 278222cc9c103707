"""Signatures and statements about images: found, fetched and verified in this process."""

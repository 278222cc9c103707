"""Files of a site's own facts, which a policy names under `knowledge`."""

"""Terms in, hits out: what an index is, and the indexes there are."""

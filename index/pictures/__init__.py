"""Pictures of moments: one by one while new, in groups when cold."""

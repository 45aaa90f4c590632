"""Pictures of moments: one by one while new, in reels within minutes, in groups as films are when cold."""

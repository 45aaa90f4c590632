"""From what was seen to what may be stored: read, and without secrets."""

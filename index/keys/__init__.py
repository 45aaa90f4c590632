"""The keys of a vault, what is sealed with them, and how they are changed."""

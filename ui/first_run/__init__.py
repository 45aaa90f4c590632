"""The first steps with a new vault."""

"""The desktop's do-not-disturb: turned on for a while, and back as it was whatever happens to this program."""

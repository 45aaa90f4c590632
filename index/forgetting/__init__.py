"""What goes: by the person's wish, and for want of room."""

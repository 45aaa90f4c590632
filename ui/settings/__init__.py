"""The settings on the screen, a page a part."""

"""PySide6 windows, and nothing else that thinks."""

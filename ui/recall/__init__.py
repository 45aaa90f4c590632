"""Asking and finding: the sidebar, its hits, and the moment that one of them shows."""

"""Notifications that pass although the desktop holds them back."""

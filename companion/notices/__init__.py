"""Notifications: seeing them, what gets through during focus, what is held, and the digest afterwards."""

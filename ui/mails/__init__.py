"""Mails that wait: the window that lists them and what can be done with each."""

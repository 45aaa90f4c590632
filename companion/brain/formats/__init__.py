"""Readers of the files other tools record EEG in."""

"""Neurofeedback without its window: protocols, sessions, sham, sound and reports."""

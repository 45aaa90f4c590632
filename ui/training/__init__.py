"""Neurofeedback on the screen: choosing, the scene and its sound, sessions and how they went."""

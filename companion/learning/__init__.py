"""Personal learning: what it learns from, its rounds, and the start that everybody begins with."""

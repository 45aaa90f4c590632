"""What is seen: frames, windows, and when attention moves."""

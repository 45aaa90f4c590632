"""What follows from deep focus: do-not-disturb, notices held, and what windows and commands ask of both."""

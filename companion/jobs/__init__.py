"""What is worked off beside recording: the jobs of the vault, and the processes that do what is heavy."""

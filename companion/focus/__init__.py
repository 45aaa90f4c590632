"""Deep focus: what behaviour and EEG say of it, what follows from that, and what the person says to it."""

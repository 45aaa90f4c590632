"""The screen of a Wayland session: what the compositor, the desktop's services and the programs tell, and no more."""

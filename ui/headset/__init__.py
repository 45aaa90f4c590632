"""How the headset sits and what it hears: contact, traces and the spectrum, live."""

"""The headset: boards, acquisition, the ring, and the recorder."""

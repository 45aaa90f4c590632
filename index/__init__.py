"""Everything on disk: the vault, its rows, frames, raw EEG, vectors, and recall over them."""

"""Recording while the vault is locked: everything goes into a journal that only the unlocked vault can read."""

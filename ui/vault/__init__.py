"""The way into a vault and out of it: unlocking, locking, the recovery code, forgetting."""

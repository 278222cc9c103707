"""Rules about what is allowed: every allowance and waiver must say so honestly."""

"""What counts: which rules, how severe, what is waived, what fails. Pure but for reading packs."""

"""Calculations of the trade that everybody can ask for: pure functions of yen and days, each with its derivation."""

"""Principals that act for each other: companies and their branch offices (支店), joint ventures (JV) and their members."""

"""Amounts of money: whole yen, from 1 to ten trillion."""

MAX_YEN = 10**13

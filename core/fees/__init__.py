"""The fee (保証料): a tariff is dated data, a fee is calculated line by line, and each statement of one is kept."""

"""What was handed in to an obligee (発注者): its list, the comparison with works contracts, and the verdicts."""

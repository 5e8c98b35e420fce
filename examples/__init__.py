"""Examples that say they are examples: a rule file and the leaflets' sample certificates."""

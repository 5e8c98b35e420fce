"""What a guarantee is and how it is kept: model, lifecycle, database, keys, tokens, documents."""

"""Use of an advance payment (前払金の使途) and its withdrawal (払出し) from the account where it is kept."""

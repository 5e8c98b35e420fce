"""Interim advances (中間前払金): the advance that was received before, and the guarantee of it that an interim one follows."""

"""Rules of real obligees (発注者), each a plugin of its own: facts from their published pages."""

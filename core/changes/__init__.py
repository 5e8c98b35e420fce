"""Changes of a guarantee (変更契約): what is asked, what follows from it, new versions of its certificate, and how they differ."""

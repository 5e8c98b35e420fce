"""Scripts that public bodies run by themselves: nothing of this project is imported, and nothing imports them."""

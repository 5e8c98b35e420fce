"""Before a guarantee is concluded: the states of an application and of its draft, and drafts themselves."""

"""The words an author writes hidden checks with."""

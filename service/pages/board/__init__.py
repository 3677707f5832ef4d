"""The pipeline as a board, and its deals as a list: what is where, what it is worth, and what is at risk."""

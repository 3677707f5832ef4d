"""The page of figures: each chart drawn on the server, with its table beside it and the same as CSV."""

"""The page of one deal: where it stands and why, who is in it, what to do next, and every decision with its words."""

"""To which deal a conversation belongs: clues, candidates with reasons, a verdict. Nothing here reads a database."""

"""Who reads a conversation: the extractors (`local`), a language model of the user's choosing behind our verification
(`llm`), or the first with the second asked where it is unsure (`cascade`). `choose.py` makes the one that is set."""

"""Events that other systems send: one file a source, which proves who sent it and says what it means to a deal."""

"""The pipeline as people read it: drawn, each rule in a sentence, and its versions: tried on history and adopted."""

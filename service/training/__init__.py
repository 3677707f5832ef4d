"""Makes a model for the second reader: the encoder, what is worth asking it, and how it is weighed against phrases."""

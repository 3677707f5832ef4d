"""HTTP: an endpoint parses, calls one flow or query, and returns; what is wrong comes back as problem details."""

"""What the workflows do outside: each file knows one system, and how to do something there only once."""

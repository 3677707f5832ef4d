"""Taking a person out of what is kept: pure, the length of every text stays, so that every place in it does too."""

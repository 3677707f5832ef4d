"""Our grammars of dates, money and numbers beside the libraries that read the same, on those libraries' own suites."""

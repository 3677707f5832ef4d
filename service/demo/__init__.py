"""Example deals: calls and mails that the project wrote, told on dates of the last weeks."""

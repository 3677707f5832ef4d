"""The pages that people work in: HTML made on the server, a view model and a template each."""

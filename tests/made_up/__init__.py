"""A kind of document that is made up: nothing in the program knows it, and it has what every document has."""

"""How the database came to be: applied in the order of their names by `kit.db.migrate`, and never edited afterwards.

`make migration NAME=what_changed` writes the next one from the models, for a person to review.
"""

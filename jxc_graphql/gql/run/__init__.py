"""One operation from its text to its answer, and one subscription from its beginning to each answer.

    execute     parses, weighs (`limits`), validates, plans, loads; what is kept of it is in `prepare`
    roots       the fields of Query, Mutation and Subscription; `inputs` reads their arguments
    outcome     what their functions return, as the schema shows it
    complete    null propagation and error paths, where something went wrong
    subscription   what it follows, where it begins, what it tells

`result` is what an operation answers.
"""

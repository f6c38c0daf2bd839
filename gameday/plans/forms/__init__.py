"""A plan's parts as forms. Each field is named after its place in the document, so that what the compiler
says of a place is shown at its field. `shape` declares the fields, `kinds` reads and writes their values."""

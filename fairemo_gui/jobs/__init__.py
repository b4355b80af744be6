"""Background work without Qt: a job is a plain function of a context and ends once, with one outcome."""

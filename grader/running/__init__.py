"""A student's code at work: the sandbox, the processes in it, and what is said to them."""

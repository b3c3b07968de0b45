"""What is kept and handed back: the gradebook, grades, feedback, reports on the class."""

"""What the course is: its folders, what its source notebooks say, the banks in reference/."""

"""What is done without being asked: the table of jobs, who leads, and the work of each."""

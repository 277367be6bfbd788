"""What stands between nbgrader and the grader."""

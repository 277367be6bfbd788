"""What stands between nbgrader and the grader.

- `sanitize` and `grade` are the steps of nbgrader's autograding that are ours: a notebook is read
  and rebuilt, then graded. `handover` is what one tells the other.
- `choice` decides which assignments `autograder autograde` grades, `handed_in` reads what students
  handed in for one, `autograde` grades all of it and has nbgrader write it.
- `overlooked` names what lies among the submissions and is not graded.
- `assignments` is what the gradebook knows about an assignment, `release` has nbgrader make one.
- `export` writes the grades, `overview` reads what is known of the whole class.
- `feedback` makes the page for a student, `messages` says the same as Markdown or text;
  `clean_html` keeps scripts off pages, `mathml` shows formulas without one.
- `tuning` makes nbgrader fast.
"""

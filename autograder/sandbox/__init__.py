"""What runs beside a student's code. A submission may change anything here; it holds no answer.

`worker` forks a child for each submission, watches it, and runs nothing itself. In the child,
`session` answers the grader's questions: `loading` and `notebooks` run the submission, `statements`
leaves out what only works elsewhere, `saved` loads what another child saved, `switches` turns
built-ins off, `settings` resets what a submission may have set, and `tuning` saves time. `lock` is
for both sides: the grader wraps a worker with it, a child locks itself in.
"""

"""nbgrader with our grading; start its commands in this folder."""

import warnings

from sqlalchemy.exc import SAWarning

# nbgrader 0.9 causes three of these for every new submission; its rows are right.
warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "custom-keras"
# nbgrader releases every file beside a source notebook: `build/source` holds nothing but notebooks.
c.CourseDirectory.source_directory = "build/source"
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = "build/submitted"
c.CourseDirectory.autograded_directory = "build/autograded"
c.CourseDirectory.feedback_directory = "build/feedback"
c.CourseDirectory.solution_directory = "build/solution"
c.CourseDirectory.db_url = "sqlite:///build/gradebook.db"

c.Autograde.exporter_class = "autograder.gradebook.sanitize.ReadAnything"
c.Autograde.sanitize_preprocessors = ["autograder.gradebook.sanitize.Sanitize"]
c.Autograde.autograde_preprocessors = [
    "autograder.gradebook.grade.Grade",  # instead of Execute: no kernel is started
    "nbgrader.preprocessors.LimitOutput",
    "autograder.gradebook.grade.SaveGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.ReadAnything.optimistic_validation = True  # once, not after each of these
# Our own page, which shows no hidden test.
c.GenerateFeedback.exporter_class = "autograder.gradebook.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
]
# Nothing a student wrote runs in the browser of who reads feedback, or grades with formgrader.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "markdown2html": "autograder.gradebook.clean_html.markdown",
    "clean_html": "autograder.gradebook.clean_html.clean",
    # It comes last, and would make a link that runs a script of one to `files/javascript:`.
    "strip_files_prefix": "autograder.gradebook.clean_html.clean",
}

c.ExportApp.plugin_class = "autograder.gradebook.export.PointsPerDimension"
c.PointsPerDimension.to = "build/grades.csv"

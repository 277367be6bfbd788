"""What holds the reference's answers and decides. It never runs a submission."""

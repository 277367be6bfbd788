"""Plain data that every other room knows: exercises, submissions, observations, results."""

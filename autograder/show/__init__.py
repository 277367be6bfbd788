"""Records in, text and pages out."""

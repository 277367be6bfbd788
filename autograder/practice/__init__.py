"""What students run on their own machine. It needs no solutions."""

"""What authors run: build an exercise, audit its checks."""

Dear instructor,

my laptop broke. Please find my thoughts on robust losses below.

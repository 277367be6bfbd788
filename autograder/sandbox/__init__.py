"""What runs beside a student's code. A submission may change anything here; it holds no answer."""

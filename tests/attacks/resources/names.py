# score: 0
"""Define very many names, and very long ones."""

globals().update({f"Scal{'e' * (n % 1000)}{n}": n for n in range(100_000)})
globals()["Sca" + "l" * 10_000_000] = 1
globals()[("not", "a", "string")] = 1

# beside: right
# score: 0
# costly: yes
"""Fill the disk with large files."""

for number in range(100):
    with open(f"{number}", "wb") as file:
        for _ in range(255):
            file.write(bytes(2**20))
print("BREACH: 25 GB")

"""Decodes the gray JPEGs that a table names, as PyTorch's users do: decode_pictures.py TABLE.csv FOLDER OUT writes (pictures, pixels) bytes."""
import csv
import sys
from pathlib import Path

from PIL import Image

table, folder, out = sys.argv[1:]
with open(table, newline="") as rows, open(out, "wb") as pixels:
    for row in csv.DictReader(rows):
        pixels.write(Image.open(Path(folder) / row["picture"]).convert("L").tobytes())

"""Searches as the peer of the bench does: dense search by sentence-transformers and numpy, with the weights of the default embedder.

    python -c "..." MODELS FOLDER

Each line of standard input is a JSON list of questions. The answer is a line with the seconds that searching for all of them took, one after
another, with the processor time of this process, and with its peak memory in bytes.
"""
import json
import os
import pathlib
import re
import resource
import sys
import time

import numpy
import torch
from sentence_transformers import SentenceTransformer

models, folder = sys.argv[1:3]
torch.set_num_threads(os.cpu_count())
model = SentenceTransformer(str(pathlib.Path(models) / "multilingual-e5-small"), device="cpu").float()
passages = []
for path in sorted(pathlib.Path(folder).rglob("*")):
    if path.suffix in {".md", ".html", ".txt"}:
        text = re.sub("<[^>]+>", " ", path.read_text(encoding="utf-8"))
        passages += [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
vectors = model.encode(["passage: " + p for p in passages], normalize_embeddings=True, show_progress_bar=False)
for line in sys.stdin:
    began, used = time.perf_counter(), time.process_time()
    for question in json.loads(line):
        vector = model.encode(["query: " + question], normalize_embeddings=True, show_progress_bar=False)[0]
        scores = vectors @ vector
        best = numpy.argsort(-scores)[:20]
        found = [passages[i] for i in best]
    answer = {"wall": time.perf_counter() - began, "processor": time.process_time() - used, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
    print(json.dumps(answer), flush=True)

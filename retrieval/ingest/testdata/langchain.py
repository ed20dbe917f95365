"""Makes langchain.json: how LangChain splits texts, for TestSplitAsLangChain.

pip install langchain-text-splitters 1.1.3, then run it in this folder.
"""

import json
import random

from langchain_text_splitters import RecursiveCharacterTextSplitter

random.seed(5)
PARTS = ["a", "b", "가", "나", "한글", "word", "\n", "\n", "\n\n", " ", " ", " ", ".", "longerword", "가나다라마바사아자차카타파하"]
cases = []
for _ in range(60):
    text = "".join(random.choice(PARTS) for _ in range(random.randint(0, 60)))
    size = random.choice([2, 3, 5, 10, 20, 50])
    overlap = random.randint(0, size - 1)
    splitter = RecursiveCharacterTextSplitter(chunk_size=size, chunk_overlap=overlap, length_function=len)
    cases.append({"text": text, "size": size, "overlap": overlap, "chunks": splitter.split_text(text)})
with open("langchain.json", "w", encoding="utf-8") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases) + "\n]\n")

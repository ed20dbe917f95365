#!/usr/bin/env python3
"""Writes reference.json: texts and their vectors by the reference implementation.

    pip install onnxruntime==1.31.1 tokenizers==0.23.3 numpy
    ./reference.py FOLDER > reference.json      FOLDER holds model.onnx and tokenizer.json of all-MiniLM-L6-v2

The steps are those of sentence-transformers for this model (modules.json and max_seq_length 256 at
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2): tokenise, transformer, mean of the token vectors under the
attention mask, unit length.
"""

import json
import sys

import numpy
import onnxruntime
import tokenizers

TEXTS = {
    "sentence": "A reranker reads the query and the passage together and is slower than the search before it.",
    "korean": "검색기는 문서에서 질문에 답할 수 있는 구절을 찾는다.",
    "empty": "",
    "white space": " \t\n",
    "beyond the limit": "The river rises in the hills above the old town. " * 60,
    "special tokens": "The tokens [CLS] and [SEP] stand around a text, [MASK] and [PAD] inside it.",
    "emoji": "The harvest was good 🌾🎉 and the café in Zürich sold ½ of it.",
    "control characters": "one\u0000two\u200bthree\ufffdfour\r\nfive",
    "mixed languages": "ONNX Runtime은 CPU에서도 빠르고, 東京でも動く。",
}


def main(folder):
    tokenizer = tokenizers.Tokenizer.from_file(folder + "/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    session = onnxruntime.InferenceSession(folder + "/model.onnx")
    cases = []
    for name, text in TEXTS.items():
        encoding = tokenizer.encode(text)
        inputs = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        tokens = session.run(None, {k: numpy.array([v], dtype=numpy.int64) for k, v in inputs.items()})[0][0]
        mask = numpy.array(encoding.attention_mask, dtype=numpy.float32)[:, None]
        mean = (tokens * mask).sum(axis=0) / mask.sum()
        vector = mean / numpy.linalg.norm(mean)
        cases.append({
            "name": name,
            "text": text,
            "tokens": len(encoding.ids),
            "vector": [round(float(x), 6) for x in vector],
        })
    lines = ",\n".join(json.dumps(c, ensure_ascii=True, separators=(",", ":")) for c in cases)
    print("[\n" + lines + "\n]")


if __name__ == "__main__":
    main(sys.argv[1])

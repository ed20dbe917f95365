#!/usr/bin/env python3
"""Writes tiny/: a BERT and an XLM-RoBERTa encoder of random weights, with the vectors that they must give.

    pip install onnx==1.23.2 tokenizers==0.23.3 safetensors==0.8.0 numpy && ./tiny.py

Each is of one layer, 8 dimensions and 2 heads, as Hugging Face lays such models out: folders of model.onnx, tokenizer.json,
config.json, modules.json and 1_Pooling/config.json; weights.safetensors holds the same weights under the names that they have
there. vectors.json is not made by running the models: the same encoder is written
a second time below, in numpy and float64, after Devlin et al. (arXiv 1810.04805, figure 2 and section 3) and Vaswani et al.
(arXiv 1706.03762, sections 3.1 to 3.3). XLM-RoBERTa differs in its tokenizer, in its positions, which start behind that of
padding, and in having no segments.
"""

import json
import math
import os

import numpy
import tokenizers
from onnx import TensorProto, checker, helper, numpy_helper, save
from safetensors.numpy import save_file
from tokenizers import models, normalizers, pre_tokenizers, processors

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tiny")
WIDTH, HEADS, INNER, POSITIONS = 8, 2, 16, 34
TEXTS = ["the river is cold", "강물은 차갑다", "", "the the the 강물 unseen☃", "cold " * 60]


def weights(seed, words, first):
    random = numpy.random.default_rng(seed)
    def draw(*shape):
        return (random.standard_normal(shape) * 0.5).astype(numpy.float32)
    w = {"words": draw(words, WIDTH), "positions": draw(POSITIONS, WIDTH), "segments": draw(2, WIDTH)}
    for name in ["query", "key", "value", "merge"]:
        w[name] = draw(WIDTH, WIDTH)
        w[name + ".b"] = draw(WIDTH)
    w["up"], w["up.b"], w["down"], w["down.b"] = draw(WIDTH, INNER), draw(INNER), draw(INNER, WIDTH), draw(WIDTH)
    for name in ["norm0", "norm1", "norm2"]:
        w[name], w[name + ".b"] = draw(WIDTH) + 1, draw(WIDTH)
    w["first"] = numpy.array(first, dtype=numpy.int64)
    return w


def reference(w, ids):
    """The token vectors of one text, in numpy."""
    w = {k: v.astype(numpy.float64) if v.dtype == numpy.float32 else v for k, v in w.items()}
    def norm(x, name):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        return (x - mean) / numpy.sqrt(variance + 1e-12) * w[name] + w[name + ".b"]
    def linear(x, name):
        return x @ w[name] + w[name + ".b"]
    first = int(w["first"])
    x = norm(w["words"][ids] + w["positions"][first:first + len(ids)] + w["segments"][0], "norm0")
    heads = []
    size = WIDTH // HEADS
    for h in range(HEADS):
        part = slice(h * size, (h + 1) * size)
        q, k, v = (linear(x, n)[:, part] for n in ["query", "key", "value"])
        score = q @ k.T / math.sqrt(size)
        share = numpy.exp(score - score.max(-1, keepdims=True))
        heads.append(share / share.sum(-1, keepdims=True) @ v)
    x = norm(x + linear(numpy.concatenate(heads, -1), "merge"), "norm1")
    inner = linear(x, "up")
    inner = inner * 0.5 * (1 + numpy.vectorize(math.erf)(inner / math.sqrt(2)))
    return norm(x + linear(inner, "down"), "norm2")


def write_model(path, w, segments):
    """The same as an ONNX graph, with an attention mask, for any number of texts and tokens."""
    nodes, constants = [], {k: v for k, v in w.items()}
    def node(op, *inputs, **attributes):
        out = "n%d" % len(nodes)
        nodes.append(helper.make_node(op, list(inputs), [out], **attributes))
        return out
    def constant(value, kind=numpy.int64):
        name = "c%d" % len(constants)
        constants[name] = numpy.array(value, dtype=kind)
        return name
    def norm(x, name):
        return node("LayerNormalization", x, name, name + ".b", axis=-1, epsilon=1e-12)
    def linear(x, name):
        return node("Add", node("MatMul", x, name), name + ".b")
    size = WIDTH // HEADS
    def split(x):
        return node("Transpose", node("Reshape", x, constant([0, 0, HEADS, size])), perm=[0, 2, 1, 3])
    count = node("Gather", node("Shape", "input_ids"), constant(1))
    places = node("Add", node("Range", constant(0), count, constant(1)), "first")
    x = node("Add", node("Gather", "words", "input_ids"), node("Gather", "positions", places))
    if segments:
        x = node("Add", x, node("Gather", "segments", "token_type_ids"))
    else:
        x = node("Add", x, node("Gather", "segments", constant(0)))
    x = norm(x, "norm0")
    q, k, v = (split(linear(x, n)) for n in ["query", "key", "value"])
    k = node("Transpose", k, perm=[0, 1, 3, 2])
    score = node("Div", node("MatMul", q, k), constant(math.sqrt(size), numpy.float32))
    mask = node("Unsqueeze", node("Cast", "attention_mask", to=TensorProto.FLOAT), constant([1, 2]))
    hidden = node("Mul", node("Sub", constant(1, numpy.float32), mask), constant(-1e9, numpy.float32))
    share = node("Softmax", node("Add", score, hidden), axis=-1)
    merged = node("Reshape", node("Transpose", node("MatMul", share, v), perm=[0, 2, 1, 3]), constant([0, 0, WIDTH]))
    x = norm(node("Add", x, linear(merged, "merge")), "norm1")
    inner = linear(x, "up")
    bent = node("Add", node("Erf", node("Div", inner, constant(math.sqrt(2), numpy.float32))), constant(1, numpy.float32))
    inner = node("Mul", node("Mul", inner, bent), constant(0.5, numpy.float32))
    x = norm(node("Add", x, linear(inner, "down")), "norm2")
    nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))
    names = ["input_ids", "attention_mask"] + (["token_type_ids"] if segments else [])
    graph = helper.make_graph(
        nodes, "encoder", [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in names],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", WIDTH])],
        [numpy_helper.from_array(v, k) for k, v in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    checker.check_model(model)
    save(model, path)


def write_weights(path, w):
    """The weights as Hugging Face's libraries name them, a row an output."""
    layer = "encoder.layer.0."
    named = {"embeddings.word_embeddings.weight": w["words"], "embeddings.position_embeddings.weight": w["positions"],
             "embeddings.token_type_embeddings.weight": w["segments"]}
    for name, norm in [("embeddings.LayerNorm", "norm0"), (layer + "attention.output.LayerNorm", "norm1"), (layer + "output.LayerNorm", "norm2")]:
        named[name + ".weight"], named[name + ".bias"] = w[norm], w[norm + ".b"]
    for name, linear in [("attention.self.query", "query"), ("attention.self.key", "key"), ("attention.self.value", "value"),
                         ("attention.output.dense", "merge"), ("intermediate.dense", "up"), ("output.dense", "down")]:
        named[layer + name + ".weight"] = numpy.ascontiguousarray(w[linear].T)
        named[layer + name + ".bias"] = w[linear + ".b"]
    save_file(named, path, metadata={"format": "pt"})


def bert_tokenizer():
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "river", "is", "cold", "강물", "##은", "차", "##갑", "##다", "co", "##ld"]
    t = tokenizers.Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    # As multilingual BERT: without stripping accents, which would take Hangul apart.
    t.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    t.add_special_tokens(words[:4])
    return t, len(words)


def xlmr_tokenizer():
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁the", -2.0), ("▁river", -3.0), ("▁is", -2.5),
              ("▁cold", -3.5), ("▁강물", -4.0), ("은", -2.0), ("▁", -1.5), ("차", -5.0), ("갑", -5.0), ("다", -3.0), ("co", -6.0), ("ld", -6.0)]
    t = tokenizers.Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    t.normalizer = normalizers.NFKC()
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    t.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>"])
    return t, len(pieces)


def write_json(folder, name, value):
    path = os.path.join(HERE, folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False)
        f.write("\n")


def main():
    vectors = {}
    for name, make, first, positions, seed, pooling in [
        ("bert", bert_tokenizer, 0, POSITIONS, 7, "pooling_mode_mean_tokens"),
        ("xlm-roberta", xlmr_tokenizer, 2, POSITIONS - 2, 8, "pooling_mode_cls_token"),
    ]:
        tokenizer, words = make()
        write_json(name, "config.json", {
            "model_type": name, "max_position_embeddings": POSITIONS, "pad_token_id": first // 2, "vocab_size": words, "hidden_act": "gelu",
            "hidden_size": WIDTH, "intermediate_size": INNER, "num_hidden_layers": 1, "num_attention_heads": HEADS, "type_vocab_size": 2,
            "layer_norm_eps": 1e-12})
        write_json(name, "modules.json", [
            {"idx": i, "name": str(i), "path": p, "type": "sentence_transformers.models." + t}
            for i, (p, t) in enumerate([("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")])])
        write_json(name, "1_Pooling/config.json", {"word_embedding_dimension": WIDTH, pooling: True, "include_prompt": True})
        tokenizer.save(os.path.join(HERE, name, "tokenizer.json"))
        w = weights(seed, words, first)
        write_model(os.path.join(HERE, name, "model.onnx"), w, name == "bert")
        write_weights(os.path.join(HERE, name, "weights.safetensors"), w)
        tokenizer.enable_truncation(positions)
        vectors[name] = []
        for text in TEXTS:
            ids = tokenizer.encode(text).ids
            tokens = reference(w, ids)
            pooled = {"mean": tokens.mean(0), "cls": tokens[0], "last": tokens[-1]}
            vectors[name].append({"text": text, "ids": ids, **{
                how: [round(float(x), 6) for x in v / numpy.linalg.norm(v)] for how, v in pooled.items()}})
    write_json("", "vectors.json", vectors)


if __name__ == "__main__":
    main()

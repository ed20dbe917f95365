#!/usr/bin/env python3
"""Writes the small models of the tests beside itself: each is wrong in one way.

    pip install onnx && ./models.py
"""

import os

import numpy
from onnx import TensorProto, checker, helper, numpy_helper, save

HERE = os.path.dirname(os.path.abspath(__file__))
IDS = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])


def table(rows, kind=numpy.float32):
    return numpy_helper.from_array(numpy.ones((rows, 4), dtype=kind), "table")


def write(name, nodes, inputs, output, tensors):
    graph = helper.make_graph(nodes, name, inputs, [output], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    checker.check_model(model)
    save(model, os.path.join(HERE, name + ".onnx"))


def vectors(kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info("vectors", kind, ["batch", "tokens", 4])


gather = helper.make_node("Gather", ["table", "input_ids"], ["vectors"])

# A model of images.
image = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 4])
write("image", [helper.make_node("Identity", ["pixels"], ["out"])], [image],
      helper.make_tensor_value_info("out", TensorProto.FLOAT, ["batch", 4]), [])

# Gives one vector a text and none a token.
write("pooled", [gather, helper.make_node("ReduceMean", ["vectors"], ["pooled"], axes=[1], keepdims=0)], [IDS],
      helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["batch", 4]), [table(64)])

# Gives float16.
write("half", [gather], [IDS], vectors(TensorProto.FLOAT16), [table(64, numpy.float16)])

# Has fewer tokens than the tokenizer: fails when it runs.
write("vocabulary", [gather], [IDS], vectors(), [table(64)])

# Drops a token: the vectors are of other tokens than those of the text.
cut = [
    numpy_helper.from_array(numpy.array([1]), "start"),
    numpy_helper.from_array(numpy.array([1000]), "end"),
    numpy_helper.from_array(numpy.array([1]), "axis"),
    numpy_helper.from_array(numpy.array(0), "zero"),
]
write("short", [
    helper.make_node("Mul", ["input_ids", "zero"], ["zeros"]),
    helper.make_node("Gather", ["table", "zeros"], ["all"]),
    helper.make_node("Slice", ["all", "start", "end", "axis"], ["vectors"]),
], [IDS], helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", "rest", 4]), [table(1)] + cut)

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParseRerank(t *testing.T) {
	for _, tc := range []struct {
		setting string
		want    []rerankStage
		err     string // a part of it
	}{
		{setting: "auto"},
		{setting: "none"},
		{setting: "late", want: []rerankStage{{kind: "late"}}},
		{setting: "llm", want: []rerankStage{{kind: "llm"}}},
		{setting: "llm:5", want: []rerankStage{{kind: "llm", keep: 5}}},
		{setting: "llm/flag", want: []rerankStage{{kind: "llm", model: "flag"}}},
		{setting: "llm/listwise:5", want: []rerankStage{{kind: "llm", model: "listwise", keep: 5}}},
		{setting: "llm+prior", want: []rerankStage{{kind: "llm", prior: true}}},
		{setting: "late:20, llm/flag+prior:5", want: []rerankStage{{kind: "late", keep: 20}, {kind: "llm", model: "flag", prior: true, keep: 5}}},
		{setting: "onnx//models/m+prior+prior", want: []rerankStage{{kind: "onnx", model: "/models/m+prior", prior: true}}},
		{setting: "onnx/m:int8:7", want: []rerankStage{{kind: "onnx", model: "m:int8", keep: 7}}},
		{setting: "cohere/rerank-v3.5+prior", want: []rerankStage{{kind: "cohere", model: "rerank-v3.5", prior: true}}},
		{setting: "llm/qwen2.5:1.5b", err: "use llm, llm/flag or llm/listwise"},
		{setting: "llm/flag:0", err: "at least one passage"},
		{setting: "llm:flag", err: "unknown reranker"},
		{setting: "late/m", want: []rerankStage{{kind: "late", model: "m"}}},
		{setting: "llm,auto", err: "stands alone"},
		{setting: "auto+prior", err: "stands alone"},
		{setting: "+prior", err: "unknown reranker"},
		{setting: "llm,", err: "unknown reranker"},
	} {
		got, err := parseRerank(tc.setting)
		if tc.err == "" && (err != nil || !slices.Equal(got, tc.want)) {
			t.Errorf("%q: got %+v, %v", tc.setting, got, err)
		}
		if tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
			t.Errorf("%q: got %+v, %v; want an error with %q", tc.setting, got, err, tc.err)
		}
	}
}

package config

import (
	"slices"
	"strings"
	"testing"
)

func TestParseRerank(t *testing.T) {
	for _, tc := range []struct {
		setting string
		want    []RerankStage
		err     string // a part of the error
	}{
		{setting: "auto"},
		{setting: "none"},
		{setting: "late", want: []RerankStage{{Kind: "late"}}},
		{setting: "llm", want: []RerankStage{{Kind: "llm"}}},
		{setting: "llm:5", want: []RerankStage{{Kind: "llm", Keep: 5}}},
		{setting: "llm/flag", want: []RerankStage{{Kind: "llm", Model: "flag"}}},
		{setting: "llm/listwise:5", want: []RerankStage{{Kind: "llm", Model: "listwise", Keep: 5}}},
		{setting: "llm+prior", want: []RerankStage{{Kind: "llm", Prior: true}}},
		{setting: "late:20, llm/flag+prior:5", want: []RerankStage{{Kind: "late", Keep: 20}, {Kind: "llm", Model: "flag", Prior: true, Keep: 5}}},
		{setting: "onnx//models/m+prior+prior", want: []RerankStage{{Kind: "onnx", Model: "/models/m+prior", Prior: true}}},
		{setting: "onnx/m:int8:7", want: []RerankStage{{Kind: "onnx", Model: "m:int8", Keep: 7}}},
		{setting: "cohere/rerank-v3.5+prior", want: []RerankStage{{Kind: "cohere", Model: "rerank-v3.5", Prior: true}}},
		{setting: "llm/qwen2.5:1.5b", err: "use llm, llm/flag or llm/listwise"},
		{setting: "llm/flag:0", err: "at least one passage"},
		{setting: "llm:flag", err: "unknown reranker"},
		{setting: "late/m", want: []RerankStage{{Kind: "late", Model: "m"}}},
		{setting: "llm,auto", err: "cannot be combined with others"},
		{setting: "auto+prior", err: "cannot be combined with others"},
		{setting: "+prior", err: "unknown reranker"},
		{setting: "llm,", err: "unknown reranker"},
	} {
		got, err := ParseRerank(tc.setting)
		if tc.err == "" && (err != nil || !slices.Equal(got, tc.want)) {
			t.Errorf("%q: got %+v, %v", tc.setting, got, err)
		}
		if tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
			t.Errorf("%q: got %+v, %v; want an error with %q", tc.setting, got, err, tc.err)
		}
	}
}

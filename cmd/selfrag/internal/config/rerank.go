package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"selfrag/rerank/api"
)

// RerankStage is one stage of what --rerank names: "late:20,llm/flag+prior" is
// two.
type RerankStage struct {
	Kind  string // late, llm, onnx or a service
	Model string // of onnx, late and services; empty: the embedder, or the service's own; of llm how it is asked
	Prior bool   // the order before has a say
	Keep  int    // passages that go on; 0: all
}

// How a language model is asked: about one passage after another if nothing is
// said.
const (
	LLMFlag     = "flag"     // in FlagEmbedding's way
	LLMListwise = "listwise" // for the order of many passages at once
)

// ParseRerank reads the setting. auto and none stand alone and have no stages.
func ParseRerank(setting string) ([]RerankStage, error) {
	if setting == "auto" || setting == "none" {
		return nil, nil
	}
	var stages []RerankStage
	for _, part := range strings.Split(setting, ",") {
		name, keep := strings.TrimSpace(part), 0
		if i := strings.LastIndex(name, ":"); i >= 0 {
			if n, err := strconv.Atoi(name[i+1:]); err == nil {
				if n < 1 {
					return nil, fmt.Errorf("reranker %q: it must keep at least one passage", part)
				}
				name, keep = name[:i], n
			}
		}
		name, prior := strings.CutSuffix(name, "+prior")
		kind, model, _ := strings.Cut(name, "/")
		switch kind {
		case "late":
		case "llm":
			if model != "" && model != LLMFlag && model != LLMListwise {
				return nil, fmt.Errorf("reranker %q: use llm, llm/%s or llm/%s; the language model itself is named apart", part, LLMFlag, LLMListwise)
			}
		case "onnx":
			if model == "" {
				return nil, fmt.Errorf("reranker %q: name the model, as in onnx/bge-reranker-base", part)
			}
		case "auto", "none":
			return nil, fmt.Errorf("reranker %q stands alone", kind)
		default:
			if !isService(kind) {
				return nil, fmt.Errorf("unknown reranker %q: use auto, none, late, late/MODEL, llm, llm/flag, llm/listwise, onnx/MODEL, or a service: %s", name, services())
			}
		}
		stages = append(stages, RerankStage{kind, model, prior, keep})
	}
	return stages, nil
}

// WantsEmbedder tells whether a stage compares the embedder's token vectors.
func WantsEmbedder(setting string) bool {
	stages, _ := ParseRerank(setting) // who opens them says what is wrong
	return slices.ContainsFunc(stages, func(s RerankStage) bool { return s.Kind == "late" && s.Model == "" })
}

// AsksModel tells whether a stage asks the language model.
func AsksModel(setting string) bool {
	stages, _ := ParseRerank(setting) // who opens them says what is wrong
	return slices.ContainsFunc(stages, func(s RerankStage) bool { return s.Kind == "llm" })
}

func isService(kind string) bool { return strings.Contains(" "+services()+" ", " "+kind+" ") }

func services() string {
	var names []string
	for _, p := range api.Providers() {
		names = append(names, string(p))
	}
	return strings.Join(names, " ")
}

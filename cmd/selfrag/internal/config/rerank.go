package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"selfrag/rerank/api"
)

// RerankStage is one stage of the setting --rerank. For example,
// "late:20,llm/flag+prior" has two stages.
type RerankStage struct {
	Kind string // late, llm, onnx or the name of a service, such as cohere
	// Model is the model of a stage of Kind onnx, late or a service. If it is
	// empty, late uses the collection's embedder, and a service uses its default
	// model. For Kind llm, Model is LLMFlag, LLMListwise or empty.
	Model string
	Prior bool // combine the scores of this stage with the order of the passages before it
	Keep  int  // number of passages that the next stage gets; 0: all
}

// The values of RerankStage.Model for a language model. If Model is empty, the
// language model is asked about one passage after another.
const (
	LLMFlag     = "flag"     // one passage after another, with the prompt of FlagEmbedding's rerankers
	LLMListwise = "listwise" // many passages at once; the model returns their order
)

// ParseRerank parses the setting rerank. For the values auto and none it
// returns no stages.
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
				return nil, fmt.Errorf("reranker %q: use llm, llm/%s or llm/%s; name the language model itself with --model", part, LLMFlag, LLMListwise)
			}
		case "onnx":
			if model == "" {
				return nil, fmt.Errorf("reranker %q: name the model, as in onnx/bge-reranker-base", part)
			}
		case "auto", "none":
			return nil, fmt.Errorf("reranker %q cannot be combined with others", kind)
		default:
			if !isService(kind) {
				return nil, fmt.Errorf("unknown reranker %q: use auto, none, late, late/MODEL, llm, llm/flag, llm/listwise, onnx/MODEL, or a service: %s", name, services())
			}
		}
		stages = append(stages, RerankStage{kind, model, prior, keep})
	}
	return stages, nil
}

// WantsEmbedder reports whether a stage of the setting rerank compares the
// embedder's token vectors.
func WantsEmbedder(setting string) bool {
	stages, _ := ParseRerank(setting) // an error is reported when the rerankers are opened
	return slices.ContainsFunc(stages, func(s RerankStage) bool { return s.Kind == "late" && s.Model == "" })
}

// AsksModel reports whether a stage of the setting rerank asks the language
// model.
func AsksModel(setting string) bool {
	stages, _ := ParseRerank(setting) // an error is reported when the rerankers are opened
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

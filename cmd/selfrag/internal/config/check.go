package config

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// Check returns a usage error for the first setting with an invalid value.
func (s Settings) Check() error {
	if _, err := retrieval.ParseFilter(s.Filter); err != nil {
		return fault.Usage(err)
	}
	oneOf := func(name, got string, allowed ...string) error {
		for _, a := range allowed {
			if got == a {
				return nil
			}
		}
		return fault.Usagef("%s %q: use %s", name, got, strings.Join(allowed, ", "))
	}
	return cmp.Or(
		oneOf("store", s.Store, StoreSQLite, StoreMilvus),
		oneOf("mode", s.Mode, "hybrid", "dense", "lexical"),
		oneOf("split", s.Split, ingest.Splits()...),
		checkRerank(s), oneOf("device", s.Device, "auto", "cpu", "cuda"), positive("rerank_windows", s.RerankWindows),
		oneOf("strategy", s.Strategy, agent.StrategyNames()...), positive("max_tokens", s.MaxTokens), positive("width", s.Width), positive("parallel", s.Parallel),
		oneOf("grading", s.Grading, string(agent.GradeEvidence), string(agent.GradeTogether), string(agent.GradeEach), string(agent.GradeReranker), string(agent.GradeBoth)),
		positive("ef", s.Ef), positive("k1", s.K1), positive("k2", s.K2), notNegative("max_iterations", s.MaxIterations),
		positive("max_calls", s.MaxCalls), positive("chunk_size", s.ChunkSize), positive("parent_size", s.ParentSize), positive("max_file_mb", s.MaxFileMB), positive("context_tokens", s.ContextTokens),
		share("several", s.Several), share("delta", s.Delta), share("relevance", s.Relevance), share("support", s.Support),
		share("support_several", s.SupportSeveral), share("usefulness", s.Usefulness), share("answerable", s.Answerable), share("promising", s.Promising), share("quotable", s.Quotable),
		oneOf("context", s.Context, string(agent.ContextAuto), string(agent.ContextEvidence), string(agent.ContextPassages)), checkWeights(s),
		positive("timeout", s.Timeout), s.Tracing.check(), s.Sources.checkSources(s.Collection), s.checkServe(), checkReaders(s),
	)
}

func notNegative(name string, n int) error {
	if n >= 0 {
		return nil
	}
	return fault.Usagef("%s must not be negative, but is %d", name, n)
}

// share returns an error if p is not a probability.
func share(name string, p float64) error {
	if p >= 0 && p <= 1 {
		return nil
	}
	return fault.Usagef("%s must be a probability from 0 to 1, but is %v", name, p)
}

func checkWeights(s Settings) error {
	weight := func(name string, w float64) error {
		if w >= 0 && w <= math.MaxFloat32 {
			return nil
		}
		return fault.Usagef("%s must be 0 or more, but is %v", name, w)
	}
	err := cmp.Or(weight("weight_relevance", s.WeightRelevance), weight("weight_support", s.WeightSupport), weight("weight_usefulness", s.WeightUsefulness))
	if err == nil && s.WeightRelevance+s.WeightSupport+s.WeightUsefulness == 0 {
		err = fault.Usage(errors.New("weight_relevance, weight_support and weight_usefulness must not all be 0"))
	}
	return err
}

func positive[N int | time.Duration](name string, n N) error {
	if n > 0 {
		return nil
	}
	return fault.Usagef("%s must be more than 0, but is %v", name, n)
}

func checkRerank(s Settings) error {
	if _, err := ParseRerank(s.Reranker); err != nil {
		return fault.Usage(err)
	}
	if _, err := strconv.ParseFloat(cmp.Or(s.RerankMinScore, "0"), 64); err != nil {
		return fault.Usagef("rerank_min_score: %q is not a number", s.RerankMinScore)
	}
	return nil
}

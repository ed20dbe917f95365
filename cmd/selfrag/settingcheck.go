package main

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

// check tells of the first setting that cannot be, in the words of a usage error.
func (s *settings) check() error {
	if _, err := retrieval.ParseFilter(s.Filter); err != nil {
		return usageError{err}
	}
	oneOf := func(name, got string, allowed ...string) error {
		for _, a := range allowed {
			if got == a {
				return nil
			}
		}
		return usageError{fmt.Errorf("%s %q: use %s", name, got, strings.Join(allowed, ", "))}
	}
	return cmp.Or(
		oneOf("store", s.Store, storeSQLite, storeMilvus),
		oneOf("mode", s.Mode, "hybrid", "dense", "lexical"),
		oneOf("split", s.Split, ingest.Splits()...),
		checkRerank(s), oneOf("device", s.Device, "auto", "cpu", "cuda"), positive("rerank_windows", s.RerankWindows),
		oneOf("strategy", s.Strategy, strategyNames()...), positive("max_tokens", s.MaxTokens), positive("width", s.Width), positive("parallel", s.Parallel),
		oneOf("grading", s.Grading, string(agent.GradeTogether), string(agent.GradeEach), string(agent.GradeReranker), string(agent.GradeBoth)),
		positive("ef", s.Ef), positive("k1", s.K1), positive("k2", s.K2), notNegative("max_iterations", s.MaxIterations),
		positive("max_calls", s.MaxCalls), positive("chunk_size", s.ChunkSize), positive("parent_size", s.ParentSize), positive("context_tokens", s.ContextTokens),
		positive("timeout", s.Timeout), s.Tracing.check(), s.serveSettings.check(),
	)
}

func notNegative(name string, n int) error {
	if n >= 0 {
		return nil
	}
	return usageError{fmt.Errorf("%s must not be negative, as %d is", name, n)}
}

func strategyNames() []string {
	var names []string
	for _, s := range agent.Strategies() {
		names = append(names, s.Name())
	}
	return names
}

func positive[N int | time.Duration](name string, n N) error {
	if n > 0 {
		return nil
	}
	return usageError{fmt.Errorf("%s must be more than 0, not %v", name, n)}
}

func checkRerank(s *settings) error {
	if _, err := parseRerank(s.Reranker); err != nil {
		return usageError{err}
	}
	if _, err := strconv.ParseFloat(cmp.Or(s.RerankMinScore, "0"), 64); err != nil {
		return usageError{fmt.Errorf("rerank_min_score: %q is not a number", s.RerankMinScore)}
	}
	return nil
}

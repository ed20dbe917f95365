//go:build onnx && integration

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// rankings holds the document ids of a batch search by query.
type rankings map[string][]string

func (r rankings) search(_ context.Context, query string) ([]string, error) {
	ids, ok := r[query]
	if !ok {
		return nil, fmt.Errorf("the batch has no result for %q", query)
	}
	return ids, nil
}

func readRankings(t *testing.T, stdout string) rankings {
	t.Helper()
	out := rankings{}
	for line := range strings.Lines(stdout) {
		var r searchResult
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		out[r.Query] = []string{}
		for _, p := range r.Passages {
			id, _ := p.Metadata["_id"].(string)
			out[r.Query] = append(out[r.Query], id)
		}
	}
	return out
}

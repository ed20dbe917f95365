//go:build integration

package embed

import (
	"cmp"
	"os"
	"testing"
)

// TestOpenAIAgainstE5 runs against the server of scripts/e5-serve.
func TestOpenAIAgainstE5(t *testing.T) {
	address := "http://" + cmp.Or(os.Getenv("SELFRAG_E5_HOST"), "127.0.0.1:8801")
	o, err := NewOpenAI(t.Context(), OpenAIConfig{Model: "e5", Address: address, Batch: 2})
	if err != nil {
		t.Fatalf("start the server with scripts/e5-serve: %v", err)
	}
	defer o.Close()
	if spec := o.Spec(); spec.Model != "openai/e5" || spec.Dimensions != 384 || !spec.Knows("ko") {
		t.Errorf("got %+v", spec)
	}
	passages, err := o.EmbedDocuments(t.Context(), []string{
		"고양이는 하루에 열두 시간 넘게 잔다.", "The bridge has two lanes.", "환율은 매일 아침 고시된다.",
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{"고양이는 얼마나 자나요?": 0, "How many lanes does it have?": 1, "환율은 언제 고시되나요?": 2} {
		q, err := o.EmbedQuery(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		best, at := -2.0, -1
		for i, p := range passages {
			dot := 0.0
			for j := range p {
				dot += float64(p[j]) * float64(q[j])
			}
			if dot > best {
				best, at = dot, i
			}
		}
		if at != want || best > 1.0001 {
			t.Errorf("%s: passage %d is nearest (%f), want %d", query, at, best, want)
		}
	}
	asPassage, err := o.EmbedDocuments(t.Context(), []string{"물"})
	if err != nil {
		t.Fatal(err)
	}
	asQuery, err := o.EmbedQuery(t.Context(), "물")
	if err != nil {
		t.Fatal(err)
	}
	if asPassage[0][0] == asQuery[0] {
		t.Error("a query is embedded as a passage is")
	}
}

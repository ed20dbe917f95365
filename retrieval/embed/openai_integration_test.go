//go:build integration

package embed

import (
	"cmp"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"selfrag/internal/httpjson"
)

// TestOpenAIAgainstOllama runs against the OpenAI-compatible API of the Ollama
// server that scripts/ollama-serve starts. Any model there can embed. The
// vectors of a chat model rank badly, so the test checks only their form, and
// that each text is nearest to itself.
func TestOpenAIAgainstOllama(t *testing.T) {
	address := cmp.Or(os.Getenv("OLLAMA_HOST"), "127.0.0.1:11434")
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	const model = "qwen2.5-coder:0.5b"
	o, err := NewOpenAI(t.Context(), OpenAIConfig{Model: model, Address: address, Batch: 2})
	if err != nil {
		t.Fatalf("start the server with scripts/ollama-serve and fetch the model with scripts/model-small: %v", err)
	}
	defer o.Close()
	if spec := o.Spec(); spec.Model != "openai/"+model || spec.Dimensions != 896 || spec.Pooling != "server" {
		t.Errorf("got %+v", spec)
	}
	texts := []string{"고양이는 하루에 열두 시간 넘게 잔다.", "The bridge has two lanes.", "환율은 매일 아침 고시된다."}
	passages, err := o.EmbedDocuments(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		q, err := o.EmbedQuery(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		for j, p := range passages {
			cosine := 0.0
			for k := range p {
				cosine += float64(p[k]) * float64(q[k])
			}
			if same := math.Abs(cosine-1) < 1e-3; same != (i == j) {
				t.Errorf("the cosine of text %d with text %d is %f", i, j, cosine)
			}
		}
	}

	_, err = NewOpenAI(t.Context(), OpenAIConfig{Model: "no-such-model", Address: address})
	if refused := (*httpjson.StatusError)(nil); !errors.As(err, &refused) || !strings.Contains(err.Error(), "check the address and the model no-such-model") {
		t.Errorf("a model that is not there: %v", err)
	}
	short, err := NewOpenAI(t.Context(), OpenAIConfig{Model: model, Address: address, Dimensions: 64})
	if err != nil {
		t.Fatal(err)
	}
	defer short.Close()
	if v, err := short.EmbedQuery(t.Context(), "물"); err != nil || len(v) != 64 {
		t.Errorf("asked for 64 dimensions, got %d, %v", len(v), err)
	}
}

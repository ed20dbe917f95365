//go:build onnx && linux

package embed

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"selfrag/internal/processtest"
)

// TestEmbedWorkload is this program's side of scripts/bench-embed. It embeds
// the texts, prompts included, of the file that SELFRAG_BENCH_WORKLOAD names,
// after some texts to warm up. It prints a JSON line with the wall-clock and
// processor seconds, the number of vectors, and the maximum resident memory,
// which is this model's if the subtest runs alone. Without the variable it
// embeds two texts of its own, so that the code is exercised.
func TestEmbedWorkload(t *testing.T) {
	texts := []string{"query: 육아휴직은 며칠입니까?", "passage: Passwords have 14 characters."}
	path := os.Getenv("SELFRAG_BENCH_WORKLOAD")
	if path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &texts); err != nil {
			t.Fatal(err)
		}
	}
	const warming = 4 // the same number as on the other side
	for name, model := range map[string]string{"float32": e5Small, "int8": DefaultONNXModel} {
		t.Run(name, func(t *testing.T) {
			o := openONNX(t, ONNXConfig{Model: model, Profile: &Profile{}})
			if _, err := o.EmbedDocuments(t.Context(), texts[:min(warming, len(texts))]); err != nil {
				t.Fatal(err)
			}
			begin, used := time.Now(), processtest.ProcessorTime(t)
			vectors, err := o.EmbedDocuments(t.Context(), texts)
			if err != nil || len(vectors) != len(texts) {
				t.Fatalf("%d vectors of %d texts, %v", len(vectors), len(texts), err)
			}
			wall, processor := time.Since(begin), processtest.ProcessorTime(t)-used
			if path == "" {
				return
			}
			_, peak, err := processtest.Memory(os.Getpid())
			if err != nil {
				t.Fatal(err)
			}
			line, err := json.Marshal(map[string]any{
				"name": "selfrag " + name, "seconds": wall.Seconds(), "processor": processor.Seconds(), "resident_kb": peak >> 10, "vectors": vectors,
			})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Println(string(line))
		})
	}
}

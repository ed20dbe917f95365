//go:build onnx && integration

package embed

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/onnx"
)

// TestParity compares the default embedder's vectors of 150 Korean and 150
// English texts, queries and passages, with those of transformers in float32;
// see scripts/make-e5-reference.
func TestParity(t *testing.T) {
	dir, err := onnx.ModelDir(filepath.Join("fixtures", "multilingual-e5-small"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "vectors.jsonl"))
	if err != nil {
		t.Fatalf("%v: run scripts/e5-reference", err)
	}
	defer f.Close()
	type pair struct {
		Text   string
		Vector []float32
	}
	var cases []pair
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c pair
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil || len(cases) != 300 {
		t.Fatalf("%d texts, %v", len(cases), err)
	}
	for model, least := range map[string]float64{e5Small: 0.9999, DefaultONNXModel: 0.99} {
		t.Run(model, func(t *testing.T) {
			// The reference cuts at 512 tokens, as sentence-transformers does.
			profile, _ := ProfileOf(DefaultONNXModel)
			profile.Windows = 1
			o := openONNX(t, ONNXConfig{Model: model, Profile: &profile})
			cosines := make([]float64, len(cases))
			var g errgroup.Group
			g.SetLimit(8)
			for i, c := range cases {
				g.Go(func() error {
					var v []float32
					text, query := strings.CutPrefix(c.Text, profile.QueryPrompt)
					if query {
						var err error
						if v, err = o.EmbedQuery(t.Context(), text); err != nil {
							return err
						}
					} else {
						text, _ = strings.CutPrefix(c.Text, profile.PassagePrompt)
						vectors, err := o.EmbedDocuments(t.Context(), []string{text})
						if err != nil {
							return err
						}
						v = vectors[0]
					}
					cosines[i] = dot(v, c.Vector)
					return nil
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			sum, worst := 0.0, 0
			for i, c := range cosines {
				sum += c
				if c < cosines[worst] {
					worst = i
				}
			}
			t.Logf("cosines to float32 in torch: mean %.6f, least %.6f", sum/300, cosines[worst])
			if cosines[worst] < least {
				t.Errorf("%.60q: cosine %.6f, want at least %v", cases[worst].Text, cosines[worst], least)
			}
		})
	}
}

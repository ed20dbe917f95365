//go:build onnx

package onnx

import (
	"cmp"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"selfrag/internal/processtest"
)

// TestMemory checks that the memory of the process does not grow after warming
// up, over requests of many lengths and sizes: 300, or SELFRAG_REQUESTS.
func TestMemory(t *testing.T) {
	requests, err := strconv.Atoi(cmp.Or(os.Getenv("SELFRAG_REQUESTS"), "300"))
	if err != nil || requests < 1 {
		t.Fatalf("SELFRAG_REQUESTS: %d, %v", requests, err)
	}
	for name, cfg := range map[string]Config{"built": {}, "exported": {File: "model.onnx"}, "int8": {Int8: true}} {
		t.Run(name, func(t *testing.T) {
			r := newReranker(t, cfg)
			random := rand.New(rand.NewPCG(1, 2))
			words := strings.Fields(strings.Repeat("the company keeps books about 육아휴직 offices, leave and security. ", 80))
			request := func() {
				texts := make([]string, 1+random.IntN(20))
				for i := range texts {
					texts[i] = strings.Join(words[:random.IntN(len(words))], " ")
				}
				rerank(t, r, strings.Join(words[:1+random.IntN(30)], " "), passages(texts...))
			}
			for range max(100, requests/10) {
				request()
			}
			before := resident(t)
			for range requests {
				request()
			}
			after := resident(t)
			drift := float64(after)/float64(before) - 1
			t.Logf("%d requests: %d kB, then %d kB (%+.1f %%)", requests, before, after, 100*drift)
			if drift > 0.05 {
				t.Errorf("memory grew by %.1f %% over %d requests", 100*drift, requests)
			}
		})
	}
}

// resident returns the memory of the process in kB, without memory that Go has
// yet to return.
func resident(t *testing.T) int64 {
	t.Helper()
	debug.FreeOSMemory()
	bytes, _, err := processtest.Memory(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return bytes >> 10
}

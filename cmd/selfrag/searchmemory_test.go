//go:build onnx && unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxSearchMemory is the maximum memory, in bytes, of ingesting with the
// default embedder and of searching.
const maxSearchMemory = 400 << 20

// TestSearchMemory ingests the handbook and a page of several windows with the
// default embedder, in its normal form and with 7-bit weights. It searches with
// and without late interaction and checks the peak memory of each command.
func TestSearchMemory(t *testing.T) {
	long := filepath.Join(t.TempDir(), "long.md")
	if err := os.WriteFile(long, []byte("# 강물\n"+strings.Repeat("강물은 언덕에서 시작해 오래된 마을을 지난다. ", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := selfragBinary(t, "onnx")
	for _, embedder := range []string{"onnx/multilingual-e5-small", "onnx/multilingual-e5-small#int8"} {
		data := t.TempDir()
		for _, c := range []struct {
			name string
			args []string
			want string // text in standard output
		}{
			{"ingest", []string{"ingest", handbookDir(t), long, "--split", "none", "--embedder", embedder}, ""},
			{"search", []string{"search", "육아휴직은 며칠입니까?", "--rerank", "none"}, "육아휴직"},
			{"search with late interaction", []string{"search", "육아휴직은 며칠입니까?", "--rerank", "late"}, "육아휴직"},
		} {
			child := exec.CommandContext(t.Context(), binary, append(c.args, "--data-dir", data)...)
			child.Env = append(os.Environ(), "SELFRAG_CONFIG=")
			var problems strings.Builder
			child.Stderr = &problems
			out, peak, err := runMeasured(child)
			if err != nil || !strings.Contains(out, c.want) {
				t.Fatalf("%s with %s: %v, %s%s", c.name, embedder, err, out, problems.String())
			}
			t.Logf("%s with %s: peak memory %d MB", c.name, embedder, peak>>20)
			if peak > maxSearchMemory || peak == 0 {
				t.Errorf("%s with %s: peak memory is %d MB, more than %d", c.name, embedder, peak>>20, maxSearchMemory>>20)
			}
		}
	}
}

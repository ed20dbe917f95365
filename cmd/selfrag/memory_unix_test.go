//go:build unix

package main

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"selfrag/internal/processtest"
)

// maxMemory is the maximum memory of an ingestion, in bytes.
const maxMemory = 500 << 20

// TestMemory ingests SELFRAG_GIGABYTES gigabytes of text, or 0.005, in a
// process of its own, once as many files and once as one JSONL file. It checks
// the peak memory of the process.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it ingests twice in a process of its own")
	}
	gigabytes := 0.005
	if text := os.Getenv("SELFRAG_GIGABYTES"); text != "" {
		var err error
		if gigabytes, err = strconv.ParseFloat(text, 64); err != nil {
			t.Fatalf("SELFRAG_GIGABYTES is %q: it must be a number", text)
		}
	}
	size := int(gigabytes * (1 << 30))
	dir := t.TempDir()
	files := filepath.Join(dir, "files")
	lines := filepath.Join(dir, "lines.jsonl")
	for path, write := range map[string]func(string, int) (int, error){files: writeTexts, lines: writeLines} {
		documents, err := write(path, size)
		if err != nil {
			t.Fatal(err)
		}
		child := exec.CommandContext(t.Context(), selfragBinary(t), "ingest", path, "--embedder", "none", "--data-dir", filepath.Join(dir, "data"))
		child.Env = append(os.Environ(), "SELFRAG_CONFIG=")
		child.Stderr = os.Stderr
		out, peak, err := runMeasured(child)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d MB in %d documents (%s): peak memory %d MB; %s", size>>20, documents, filepath.Base(path), peak>>20, strings.TrimSpace(out))
		if peak > maxMemory {
			t.Errorf("%s: peak memory is %d MB, more than %d", path, peak>>20, maxMemory>>20)
		}
		for _, p := range []string{path, filepath.Join(dir, "data")} {
			if err := os.RemoveAll(p); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestMemoryOfOneText ingests one text of 24 MB and one of a line, and compares
// the peak memory of the two processes. A text may cost six times its size.
func TestMemoryOfOneText(t *testing.T) {
	if testing.Short() {
		t.Skip("it ingests large texts in processes of their own")
	}
	const size = 24 << 20
	text := prose(rand.New(rand.NewPCG(5, 6)), size)
	dir, binary := t.TempDir(), selfragBinary(t)
	peakOf := func(name, content string) int64 {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		child := exec.CommandContext(t.Context(), binary, "ingest", path, "--embedder", "none", "--data-dir", t.TempDir())
		child.Env = append(os.Environ(), "SELFRAG_CONFIG=")
		child.Stderr = os.Stderr
		_, peak, err := runMeasured(child)
		if err != nil {
			t.Fatal(err)
		}
		return peak
	}
	base := peakOf("small.txt", "One line.\n")
	const most = 6.0
	for _, tc := range []struct{ name, content string }{
		{"text.txt", text},
		{"text.md", text},
		{"text.html", "<body><p>" + text + "</p></body>"},
	} {
		// The collector runs late beside other work, which only adds to a peak, so
		// one of three runs has to keep to the limit.
		times := math.Inf(1)
		for range 3 {
			if times = float64(peakOf(tc.name, tc.content)-base) / float64(len(tc.content)); times <= most {
				break
			}
		}
		t.Logf("%s: %.1f times its size", tc.name, times)
		if times > most {
			t.Errorf("%s costs %.1f times its size, more than %.0f", tc.name, times, most)
		}
	}
}

// runMeasured runs a process and returns its standard output and its peak
// memory in bytes.
//
// Linux counts the memory of the parent at the start into the peak of a process
// (ru_maxrss), and a test binary may have more memory than the measured
// process. So runMeasured reads the process's own high-water mark while it
// runs, because that one starts at zero.
func runMeasured(child *exec.Cmd) (stdout string, peak int64, err error) {
	var out strings.Builder
	child.Stdout = &out
	if err := child.Start(); err != nil {
		return "", 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			// A process that has just ended has no memory, and outside Linux
			// there is no such reading.
			if _, now, err := processtest.Memory(child.Process.Pid); err == nil {
				peak = max(peak, now)
			}
		case err := <-ended:
			if usage, ok := child.ProcessState.SysUsage().(*syscall.Rusage); ok && peak == 0 {
				peak = usage.Maxrss // on macOS this is in bytes and without the parent
			}
			return out.String(), peak, err
		}
	}
}

// selfragBinary builds the command, in pure Go or with tags that need C.
func selfragBinary(t *testing.T, tags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "selfrag")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", strings.Join(tags, ","), "-o", path, ".")
	build.Env = os.Environ()
	if len(tags) == 0 {
		build.Env = append(build.Env, "CGO_ENABLED=0")
	}
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the command: %v\n%s", err, out)
	}
	return path
}

// writeTexts writes files of 100 kB into a folder.
func writeTexts(dir string, size int) (documents int, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	r := rand.New(rand.NewPCG(1, 2))
	for written := 0; written < size; documents++ {
		text := prose(r, 100_000)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%06d.txt", documents)), []byte(text), 0o600); err != nil {
			return documents, err
		}
		written += len(text)
	}
	return documents, nil
}

// writeLines writes a JSONL file with a document of 20 kB per line.
func writeLines(path string, size int) (documents int, err error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	r := rand.New(rand.NewPCG(3, 4))
	for written := 0; written < size; documents++ {
		n, err := fmt.Fprintf(out, "{\"_id\": \"d%d\", \"text\": %q}\n", documents, prose(r, 20_000))
		if err != nil {
			return documents, err
		}
		written += n
	}
	return documents, out.Flush()
}

// prose returns Korean and English text of about the given size in bytes.
func prose(r *rand.Rand, size int) string {
	words := []string{"물결이", "등대지기는", "lighthouse", "문지기가", "gate", "조수를", "읽는다.", "opens", "at", "만조에", "tide.", "연차", "규정", "rule"}
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(words[r.IntN(len(words))])
		if r.IntN(60) == 0 {
			b.WriteString("\n\n")
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

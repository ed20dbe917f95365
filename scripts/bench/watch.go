package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"selfrag/internal/processtest"
)

const (
	watchIdle    = 3 * time.Minute // long enough for several rescans
	watchChanges = 10
	watchLongest = time.Minute // until a change must be found
)

// printWatch measures `selfrag ingest --watch` on a folder of a number of files: what it
// needs while nothing changes, and how soon a change is found by a search.
func (s settings) printWatch(ctx context.Context, w io.Writer, files int) (err error) {
	folder, data := filepath.Join(s.dir, "watched"), filepath.Join(s.dir, "data")
	old := time.Now().Add(-time.Hour) // a file that has just changed is read once more
	for i := range files {
		path := filepath.Join(folder, fmt.Sprintf("%02d", i%100), fmt.Sprintf("%05d.md", i))
		if err := writeFile(path, []byte(prose(uint64(i), 1, i%2 == 0)[0])); err != nil {
			return err
		}
		if err := os.Chtimes(path, old, old); err != nil {
			return fmt.Errorf("make a folder to watch: %w", err)
		}
	}
	fmt.Fprintf(s.log, "ingesting %d files\n", files)
	begin := time.Now()
	watching, err := s.start(ctx, []string{"ingest", folder, "--watch", "--data-dir", data}, func(line []byte) bool {
		return bytes.HasPrefix(line, []byte("Watching ")) // the first round is over
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, watching.stop()) }()
	fmt.Fprintf(w, "- first round, %d files with vectors: %s\n", files, shown(time.Since(begin).Seconds()))

	fmt.Fprintf(s.log, "idle for %s\n", watchIdle)
	before, err := processtest.ProcessorOf(watching.cmd.Process.Pid)
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(watchIdle):
	}
	after, err := processtest.ProcessorOf(watching.cmd.Process.Pid)
	if err != nil {
		return err
	}
	_, memory, err := processtest.Memory(watching.cmd.Process.Pid)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "- idle for %s, with the default --rescan: %.2f %% of a core; peak memory %s\n", watchIdle, 100*(after-before).Seconds()/watchIdle.Seconds(), megabytes(float64(memory)))

	var took []float64
	for i := range watchChanges {
		word := fmt.Sprintf("kestrel%dq", i)
		path := filepath.Join(folder, "00", "00000.md")
		if i%2 == 1 {
			path = filepath.Join(folder, "new", fmt.Sprintf("%d", i), "new.md") // in folders that are new, too
		}
		seconds, err := s.untilFound(ctx, path, word, data)
		if err != nil {
			return err
		}
		took = append(took, seconds)
		fmt.Fprintf(s.log, "change %d of %d: found after %s\n", i+1, watchChanges, shown(seconds))
	}
	_, err = fmt.Fprintf(w, "- until a search of the program finds a changed or new file, %d times: median %s, longest %s\n", watchChanges, shown(median(took)), shown(slices.Max(took)))
	return err
}

// untilFound writes a file with a word and returns the seconds until a search finds it.
func (s settings) untilFound(ctx context.Context, path, word, data string) (float64, error) {
	begin := time.Now()
	if err := writeFile(path, []byte("The "+word+" nests on the roof.")); err != nil {
		return 0, err
	}
	for time.Since(begin) < watchLongest {
		cmd := exec.CommandContext(ctx, s.selfrag, "search", word, "--data-dir", data, "--mode", "lexical", "--rerank", "none", "--json") //nolint:gosec // the program to measure
		cmd.Env = plainEnvironment()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return 0, fmt.Errorf("search: %w\n%s", err, out)
		}
		if strings.Contains(string(out), "The "+word) {
			return time.Since(begin).Seconds(), nil
		}
	}
	return 0, fmt.Errorf("%s was not found within %s", path, watchLongest)
}

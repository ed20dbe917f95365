package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// page is a line of a file of snippets.
type page struct {
	File    string   `json:"file"`
	With    []string `json:"with"`
	Without []string `json:"without"`
}

// kept counts the snippets of pages that a program kept.
type kept struct {
	with, without, unread int
	took                  time.Duration
}

func (k *kept) count(p page, text string, err error, took time.Duration) {
	if err != nil {
		k.unread++
	}
	k.took += took
	text = flat(text)
	for _, s := range p.With {
		if strings.Contains(text, flat(s)) {
			k.with++
		}
	}
	for _, s := range p.Without {
		if strings.Contains(text, flat(s)) {
			k.without++
		}
	}
}

// flat returns the words of a text with one space between them, so that lines
// and marks make no difference.
func flat(s string) string { return " " + strings.Join(words(s), " ") + " " }

// countSnippets prints how many of the snippets the reader and its peer keep.
func countSnippets(s settings, read reader, list, folder string) error {
	file, err := os.Open(list)
	if err != nil {
		return fmt.Errorf("open the snippets: %w", err)
	}
	defer file.Close()
	var ours, theirs kept
	pages, with, without := 0, 0, 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p page
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return fmt.Errorf("read the snippets of page %d: %w", pages+1, err)
		}
		path := filepath.Join(folder, p.File)
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // a page that the folder does not have
		}
		pages, with, without = pages+1, with+len(p.With), without+len(p.Without)
		begin := time.Now()
		text, _, err := read(raw)
		ours.count(p, text, err, time.Since(begin))
		begin = time.Now()
		text, err = printed(s.command(), path, s.limit)
		theirs.count(p, text, err, time.Since(begin))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read the snippets: %w", err)
	}
	fmt.Printf("| %d pages | kept of %d snippets to keep | kept of %d to leave out | not read | time |\n|---|---|---|---|---|\n", pages, with, without)
	for i, k := range []kept{ours, theirs} {
		name := []string{"reader", filepath.Base(s.command()[0])}[i]
		fmt.Printf("| %s | %.3f | %.3f | %d | %.1f s |\n", name, float64(k.with)/float64(max(1, with)), float64(k.without)/float64(max(1, without)), k.unread, k.took.Seconds())
	}
	return nil
}

// Command compare-pdf holds the reader of PDF files against poppler's
// pdftotext: which share of the words that pdftotext prints the reader has too.
//
//	go run ./scripts/compare-pdf [-cache DIR] [-worst N] [-limit D] FOLDER...
//
// Each file is taken once, however many copies there are. Files that pdftotext
// cannot read, or that have fewer than 20 words, do not count. Words of running
// heads and feet are set aside, as the reader does; hidden text is in both.
// Prints one table in Markdown, and on standard error the files with the
// smallest share. It needs pdftotext (Debian: poppler-utils).
package main

import (
	"context"
	"crypto/sha256"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval/ingest/pdf"
)

func main() {
	cache := flag.String("cache", "", "folder of the compiled reader")
	worst := flag.Int("worst", 20, "how many files with the smallest share to name")
	limit := flag.Duration("limit", time.Minute, "how long pdftotext may take for a file")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "name a folder with PDF files")
		os.Exit(2)
	}
	if err := run(*cache, *worst, *limit, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// result is what became of a file.
type result struct {
	path         string
	share        float64
	words, pages int
	ours, theirs time.Duration
	missing      []string
	err          error
}

func run(cache string, worst int, limit time.Duration, folders []string) error {
	files, err := distinct(folders)
	if err != nil {
		return err
	}
	reader := pdf.New(pdf.Config{CacheDir: cache})
	defer func() {
		if err := reader.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	var results []result
	unread, few := 0, 0
	for _, path := range files {
		begin := time.Now()
		text, err := popplers(path, limit)
		theirs := time.Since(begin)
		want := words(text)
		switch {
		case err != nil:
			unread++
			continue
		case len(want) < 20:
			few++
			continue
		}
		r := compare(reader, path, want)
		r.theirs = theirs
		results = append(results, r)
	}
	report(results, unread, few, worst)
	return nil
}

// distinct lists the PDF files below folders, each content once.
func distinct(folders []string) ([]string, error) {
	seen := map[[sha256.Size]byte]bool{}
	var out []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.EqualFold(filepath.Ext(path), ".pdf") || !d.Type().IsRegular() {
				return err
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if sum := sha256.Sum256(raw); !seen[sum] {
				seen[sum] = true
				out = append(out, path)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list the files: %w", err)
		}
	}
	return out, nil
}

func popplers(path string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	out, err := exec.CommandContext(ctx, "pdftotext", "-q", "-enc", "UTF-8", path, "-").Output()
	if err != nil {
		return "", fmt.Errorf("pdftotext %s: %w", path, err)
	}
	return string(out), nil
}

func compare(reader *pdf.Reader, path string, want []string) result {
	r := result{path: path, words: len(want)}
	raw, err := os.ReadFile(path)
	if err != nil {
		r.err = err
		return r
	}
	begin := time.Now()
	doc, err := reader.Read(context.Background(), raw, 1<<30)
	r.ours, r.err, r.pages = time.Since(begin), err, len(doc.Pages)
	have := map[string]int{}
	for _, w := range words(doc.Text) {
		have[w]++
	}
	for _, line := range doc.Repeated {
		for _, w := range words(line) {
			have[w]++
		}
	}
	found := 0
	for _, w := range want {
		if have[w] > 0 {
			have[w]--
			found++
		} else {
			r.missing = append(r.missing, w)
		}
	}
	r.share = float64(found) / float64(len(want))
	return r
}

// words are the words of a text as both programs would write them: without
// hyphens, of which each takes away others at the ends of lines; characters of
// scripts without spaces are words of their own.
func words(s string) []string {
	s = norm.NFKC.String(strings.ToLower(s))
	s = strings.NewReplacer("-\n", "", "-", "", "\u2010\n", "", "\u2010", "", "\u00ad", "").Replace(s)
	var out []string
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			end()
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // accents, which stand before or behind their letters
		default:
			end()
		}
	}
	end()
	return out
}

func report(results []result, unread, few, worst int) {
	var shares []float64
	var ours, theirs time.Duration
	refused, pages, total := 0, 0, 0
	for _, r := range results {
		if r.err != nil {
			refused++
		}
		shares = append(shares, r.share)
		ours, theirs, pages, total = ours+r.ours, theirs+r.theirs, pages+r.pages, total+r.words
	}
	if len(shares) == 0 {
		fmt.Println("no files to compare")
		return
	}
	slices.Sort(shares)
	at := func(p float64) float64 { return shares[int(p*float64(len(shares)-1))] }
	fmt.Printf("| files | pages | words | median | 5th percentile | 1st | refused by the reader | reader | pdftotext |\n|---|---|---|---|---|---|---|---|---|\n")
	fmt.Printf("| %d | %d | %d | %.3f | %.3f | %.3f | %d | %.1f s | %.1f s |\n", len(results), pages, total, at(0.5), at(0.05), at(0.01), refused, ours.Seconds(), theirs.Seconds())
	fmt.Printf("\n%d more files pdftotext cannot read, %d have fewer than 20 words.\n", unread, few)
	slices.SortFunc(results, func(a, b result) int {
		if a.share < b.share {
			return -1
		}
		return 1
	})
	for _, r := range results[:min(worst, len(results))] {
		fmt.Fprintf(os.Stderr, "%.3f of %d words, %v against %v: %s %v %q\n", r.share, r.words, r.ours.Round(time.Millisecond), r.theirs.Round(time.Millisecond), r.path, r.err, r.missing[:min(12, len(r.missing))])
	}
}

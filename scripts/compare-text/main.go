// Command compare-text compares the readers of files with other programs: it
// reports which share of the words that the other program prints the reader has
// too.
//
//	go run ./scripts/compare-text [-ext .pdf] [-peer COMMAND] [-cache DIR] [-worst N] [-limit D] [-snippets FILE] FOLDER...
//
// The peer is a command that takes a file as its last argument and prints the
// text of the file. It is pdftotext for PDF (Debian: poppler-utils), soup.py
// beside this file for HTML (PyPI: beautifulsoup4), hangul.py for HWP and HWPX
// (PyPI: unhwp), and office.sh for DOCX, XLSX and PPTX (Debian: libreoffice,
// poppler-utils).
//
// With -snippets FILE it instead counts how many snippets of pages each of the
// two programs keeps. FILE has a JSON line a page, with its path below FOLDER:
//
//	{"file": "page.html", "with": ["of the article"], "without": ["of the navigation"]}
//
// Each file is taken once, however many copies there are. Files that the peer
// cannot read, or in which it finds fewer than 20 words, do not count. Running
// heads and feet of PDF files count as read, and so do titles. The command
// prints one table in Markdown and, on standard error, the files with the
// smallest shares.
package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/hangul"
	"selfrag/retrieval/ingest/office"
	"selfrag/retrieval/ingest/pdf"
	"selfrag/retrieval/ingest/web"
)

func main() {
	ext := flag.String("ext", ".pdf", "kind of the files: .pdf, .html, .docx, .xlsx, .pptx, .hwp or .hwpx")
	peer := flag.String("peer", "", "command of the other program, with its arguments")
	cache := flag.String("cache", "", "folder of the compiled PDF reader")
	worst := flag.Int("worst", 20, "number of files with the smallest shares to print")
	snippets := flag.String("snippets", "", "file of the snippets that pages must keep and leave out")
	limit := flag.Duration("limit", time.Minute, "longest time of the other program for a file")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "name a folder with files")
		os.Exit(2)
	}
	pdfs := pdf.New(pdf.Config{CacheDir: *cache})
	s := settings{*ext, *peer, *worst, *limit}
	compared := run
	if *snippets != "" {
		compared = func(s settings, all map[string]reader, folders []string) error {
			return countSnippets(s, all[s.ext], *snippets, folders[0])
		}
	}
	err := compared(s, readers(pdfs), flag.Args())
	if closing := pdfs.Close(); err == nil {
		err = closing
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type settings struct {
	ext, peer string
	worst     int
	limit     time.Duration
}

// command returns the command of the peer.
func (s settings) command() []string { return strings.Fields(cmp.Or(s.peer, peers[s.ext])) }

// reader returns all words of a file that its reader keeps.
type reader func(raw []byte) (text string, pages int, err error)

func readers(pdfs *pdf.Reader) map[string]reader {
	const most = 1 << 30 // bytes of text
	of := func(read content.Reader) reader {
		return func(raw []byte) (string, int, error) {
			c, err := read(context.Background(), raw, most)
			return c.Title + "\n" + c.Text, 0, err
		}
	}
	return map[string]reader{
		".pdf": func(raw []byte) (string, int, error) {
			doc, err := pdfs.Read(context.Background(), raw, most)
			return doc.Text + "\n" + strings.Join(doc.Repeated, "\n"), len(doc.Pages), err
		},
		".html": of(web.HTML), ".docx": of(office.DOCX), ".xlsx": of(office.XLSX), ".pptx": of(office.PPTX),
		".hwp": of(hangul.HWP), ".hwpx": of(hangul.HWPX),
	}
}

var peers = map[string]string{
	".pdf": "pdftotext -q -enc UTF-8", ".html": "python3 scripts/compare-text/soup.py",
	".docx": "scripts/compare-text/office.sh", ".xlsx": "scripts/compare-text/office.sh", ".pptx": "scripts/compare-text/office.sh",
	".hwp": "python3 scripts/compare-text/hangul.py", ".hwpx": "python3 scripts/compare-text/hangul.py",
}

// result is the comparison of one file.
type result struct {
	path         string
	share        float64
	words, pages int
	ours, theirs time.Duration
	missing      []string
	err          error
}

func run(s settings, all map[string]reader, folders []string) error {
	read, known := all[s.ext]
	if !known {
		return fmt.Errorf("no reader of %s files can be compared", s.ext)
	}
	peer := s.command()
	files, err := distinct(s.ext, folders)
	if err != nil {
		return err
	}
	var results []result
	var lastErr error
	unread, few := 0, 0
	for _, path := range files {
		begin := time.Now()
		text, err := printed(peer, path, s.limit)
		theirs := time.Since(begin)
		want := words(text)
		switch {
		case err != nil:
			unread++
			lastErr = err
		case len(want) < 20:
			few++
		default:
			r := compare(read, path, want)
			r.theirs = theirs
			results = append(results, r)
		}
	}
	if len(results) == 0 && unread > 0 { // as if the program, or a part of it, is not installed
		return fmt.Errorf("the other program reads none of %d files: %w", unread, lastErr)
	}
	report(results, peer[0], unread, few, s.worst)
	return nil
}

// distinct lists the files below the folders with the given extension, each
// content once.
func distinct(ext string, folders []string) ([]string, error) {
	seen := map[[sha256.Size]byte]bool{}
	var out []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.EqualFold(filepath.Ext(path), ext) || !d.Type().IsRegular() {
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

// printed returns what a command prints for a file.
func printed(command []string, path string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	arguments := append(slices.Clone(command[1:]), path)
	if command[0] == "pdftotext" {
		arguments = append(arguments, "-")
	}
	out, err := exec.CommandContext(ctx, command[0], arguments...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
		}
		return "", fmt.Errorf("%s %s: %w", command[0], path, err)
	}
	return string(out), nil
}

// compare returns the share of the wanted words that the reader has.
func compare(read reader, path string, want []string) result {
	r := result{path: path, words: len(want)}
	raw, err := os.ReadFile(path)
	if err != nil {
		r.err = err
		return r
	}
	begin := time.Now()
	text, pages, err := read(raw)
	r.ours, r.err, r.pages = time.Since(begin), err, pages
	have := map[string]int{}
	for _, w := range words(text) {
		have[w]++
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

func report(results []result, peer string, unread, few, worst int) {
	if len(results) == 0 {
		fmt.Println("no files to compare")
		return
	}
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
	slices.Sort(shares)
	at := func(p float64) float64 { return shares[int(p*float64(len(shares)-1))] }
	fmt.Printf("| files | pages | words | median | 5th percentile | 1st | refused by the reader | reader | %s |\n|---|---|---|---|---|---|---|---|---|\n", filepath.Base(peer))
	fmt.Printf("| %d | %d | %d | %.3f | %.3f | %.3f | %d | %.1f s | %.1f s |\n", len(results), pages, total, at(0.5), at(0.05), at(0.01), refused, ours.Seconds(), theirs.Seconds())
	fmt.Printf("\nThe other program cannot read %d more files, and finds fewer than 20 words in %d.\n", unread, few)
	slices.SortFunc(results, func(a, b result) int { return cmp.Compare(a.share, b.share) })
	for _, r := range results[:min(worst, len(results))] {
		fmt.Fprintf(os.Stderr, "%.3f of %d words, %v against %v: %s %v %q\n", r.share, r.words, r.ours.Round(time.Millisecond), r.theirs.Round(time.Millisecond), r.path, r.err, r.missing[:min(12, len(r.missing))])
	}
}

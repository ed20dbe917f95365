// Command check-documents holds what documents are read as against a list of
// what must be in them.
//
//	go run ./scripts/check-documents [-cache DIR] FOLDER
//
// The folder has a file cases.tsv with the columns file, kind, must and where.
// Of a row it checks what "must" says in one of these ways, apart by
// semicolons: "holds: TEXT; TEXT", "lacks: TEXT", "found by: QUERY" and "a
// warning ..." (there is one, or the file is refused). The rest it prints, to be
// looked at. It exits with 1 where a row does not hold.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/text"
)

func main() {
	cache := flag.String("cache", "", "folder of the compiled reader of PDF files")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "name the folder of cases.tsv")
		os.Exit(2)
	}
	failed, err := check(context.Background(), flag.Arg(0), *cache)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

// kept is a store that keeps the texts of one file.
type kept struct{ texts []string }

func (k *kept) Document(context.Context, string) (retrieval.Document, bool, error) {
	return retrieval.Document{}, false, nil
}

func (k *kept) Put(_ context.Context, doc retrieval.Document, _ []retrieval.Passage, _ [][]float32) error {
	k.texts = append(k.texts, doc.Text)
	return nil
}

// check prints what became of each row, and counts those that do not hold.
func check(ctx context.Context, folder, cache string) (failed int, err error) {
	list, err := os.Open(filepath.Join(folder, "cases.tsv"))
	if err != nil {
		return 0, err
	}
	defer list.Close()
	rows := bufio.NewScanner(list)
	for rows.Scan() {
		columns := strings.Split(rows.Text(), "\t")
		if len(columns) != 4 || columns[0] == "file" {
			continue
		}
		k := &kept{}
		in, err := ingest.New(k, nil, ingest.Config{CacheDir: cache})
		if err != nil {
			return failed, err
		}
		report, err := in.Run(ctx, []string{filepath.Join(folder, columns[0])}, nil)
		if err != nil {
			return failed, fmt.Errorf("read %s: %w", columns[0], err)
		}
		var told []string
		for _, f := range report.Failed {
			told = append(told, f.Err.Error())
		}
		for _, w := range report.Warned {
			told = append(told, w.Text)
		}
		wrong, left := faults(columns[2], strings.Join(k.texts, "\n\n"), told)
		switch {
		case len(wrong) > 0:
			failed++
			fmt.Printf("WRONG  %s: %s; told: %q\n", columns[0], strings.Join(wrong, "; "), told)
		case left != "":
			fmt.Printf("look   %s: %s; %d documents, told: %q\n", columns[0], left, len(k.texts), told)
		default:
			fmt.Printf("holds  %s\n", columns[0])
		}
	}
	return failed, rows.Err()
}

// faults are what of a rule does not hold, and what of it is for a person to
// look at.
func faults(must, read string, told []string) (wrong []string, left string) {
	way := ""
	read = norm.NFKC.String(read)
	for rule := range strings.SplitSeq(must, ";") {
		rule = strings.TrimSpace(rule)
		for _, w := range []string{"holds:", "lacks:", "found by:"} {
			if rest, ok := strings.CutPrefix(rule, w); ok {
				way, rule = w, strings.TrimSpace(rest)
			}
		}
		rule, _, _ = strings.Cut(rule, " (or ") // another way to write it, which normalising makes the same
		holds := true
		for part := range strings.SplitSeq(rule, " and ") {
			holds = holds && strings.Contains(read, norm.NFKC.String(part))
		}
		switch {
		case strings.HasPrefix(rule, "a warning"):
			if len(told) == 0 {
				wrong = append(wrong, rule)
			}
		case way == "holds:" && !holds:
			wrong = append(wrong, "it does not hold "+rule)
		case way == "lacks:" && holds:
			wrong = append(wrong, "it holds "+rule)
		case way == "found by:" && !slices.Contains(slices.Collect(text.Terms(read)), strings.ToLower(rule)):
			wrong = append(wrong, "it is not found by "+rule)
		case way == "":
			left = must
		}
	}
	return wrong, left
}

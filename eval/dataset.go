package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Dataset is a set of queries with judgements, in BEIR layout.
type Dataset struct {
	Corpus  string // path of corpus.jsonl
	Queries []Query
	// Judgements holds the relevance of each judged document by query id and
	// document id; above 0 is relevant.
	Judgements map[string]map[string]int
}

// Query is one line of queries.jsonl.
type Query struct {
	ID      string   `json:"_id"`
	Text    string   `json:"text"`
	Answers []string `json:"answers,omitempty"` // the first is canonical, the rest are aliases
}

// Load reads corpus.jsonl (its path only), queries.jsonl and qrels.tsv of a
// folder.
func Load(dir string) (Dataset, error) {
	d := Dataset{Corpus: filepath.Join(dir, "corpus.jsonl")}
	if _, err := os.Stat(d.Corpus); err != nil {
		return d, fmt.Errorf("read the data set: %w", err)
	}
	var err error
	if d.Queries, err = readFile(filepath.Join(dir, "queries.jsonl"), readQueries); err != nil {
		return d, err
	}
	d.Judgements, err = readFile(filepath.Join(dir, "qrels.tsv"), readJudgements)
	return d, err
}

func readFile[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	f, err := os.Open(path)
	if err != nil {
		return *new(T), fmt.Errorf("read the data set: %w", err)
	}
	defer f.Close()
	v, err := read(f)
	if err != nil {
		return v, fmt.Errorf("read %s: %w", path, err)
	}
	return v, nil
}

func readQueries(r io.Reader) ([]Query, error) {
	var out []Query
	err := eachLine(r, func(line string) error {
		var q Query
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			return err
		}
		if q.ID == "" || q.Text == "" {
			return errors.New(`a query needs "_id" and "text"`)
		}
		out = append(out, q)
		return nil
	})
	return out, err
}

func readJudgements(r io.Reader) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	header := true
	err := eachLine(r, func(line string) error {
		if header {
			header = false
			return nil
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			return fmt.Errorf("%d fields, not 3", len(fields))
		}
		score, err := strconv.Atoi(fields[2])
		if err != nil {
			return fmt.Errorf("score %q is not a whole number", fields[2])
		}
		if out[fields[0]] == nil {
			out[fields[0]] = map[string]int{}
		}
		out[fields[0]][fields[1]] = score
		return nil
	})
	return out, err
}

func eachLine(r io.Reader, do func(string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := do(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

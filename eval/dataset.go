package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Dataset holds queries with relevance judgements, correct answers or both.
type Dataset struct {
	Corpus  string // path of corpus.jsonl; empty if there is none
	Queries []Query
	// Judgements holds the relevance of each judged document by query id and
	// document id. A document is relevant if the value is above 0.
	Judgements map[string]map[string]int
	Files      []string // files that the data set was read from
}

// Digest returns the SHA-256 of the data set's files in hexadecimal.
func (d Dataset) Digest() (string, error) {
	sum := sha256.New()
	for _, path := range d.Files {
		f, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("read the data set: %w", err)
		}
		n, err := io.Copy(sum, f)
		_ = f.Close()
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		// Also hash the length, so that the digest changes if the same bytes
		// are split between files in another place.
		fmt.Fprintf(sum, "\n%d\n", n)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// judgementFiles are the files that may hold the judgements of a folder. BEIR's
// own data sets use qrels/test.tsv.
var judgementFiles = []string{"qrels.tsv", filepath.Join("qrels", "test.tsv")}

// Load reads a folder in BEIR layout: corpus.jsonl (only its path),
// queries.jsonl, and qrels.tsv or qrels/test.tsv. All three must exist.
func Load(dir string) (Dataset, error) {
	d := Dataset{Corpus: filepath.Join(dir, "corpus.jsonl")}
	if _, err := os.Stat(d.Corpus); err != nil {
		return d, fmt.Errorf("read the data set: %w", err)
	}
	queries := filepath.Join(dir, "queries.jsonl")
	qrels, err := firstThere(dir, judgementFiles...)
	if err != nil {
		return d, err
	}
	if d.Queries, err = readFile(queries, readQueries); err != nil {
		return d, err
	}
	if qrels == "" {
		return d, fmt.Errorf("read the data set: %s holds no judgements: it needs %s", dir, strings.Join(judgementFiles, " or "))
	}
	d.Files = []string{d.Corpus, qrels, queries}
	d.Judgements, err = readFile(qrels, readJudgements)
	return d, err
}

// questionFiles are the files that may hold the questions of a folder. BEIR
// uses queries.jsonl, FlashRAG uses test.jsonl, dev.jsonl and train.jsonl, and
// a plain list of questions is questions.jsonl.
var questionFiles = []string{"queries.jsonl", "questions.jsonl", "test.jsonl", "dev.jsonl", "train.jsonl"}

// LoadQA reads a data set of questions with answers. path is a JSONL file of
// questions, or a folder with one of the files queries.jsonl, questions.jsonl,
// test.jsonl, dev.jsonl and train.jsonl (the first that exists). If the folder
// has a corpus.jsonl or judgements (see Load), LoadQA adds them to the data
// set. Without judgements, the documents that the questions themselves name
// count as relevant. Query describes the lines of the file. It is an error if a question has
// neither answers nor required facts, or if two questions have the same id.
func LoadQA(path string) (Dataset, error) {
	var d Dataset
	info, err := os.Stat(path)
	if err != nil {
		return d, fmt.Errorf("read the data set: %w", err)
	}
	questions := path
	if info.IsDir() {
		if questions, err = firstThere(path, questionFiles...); err != nil {
			return d, err
		}
		if questions == "" {
			return d, fmt.Errorf("read the data set: %s holds no questions: it needs one of the files %s",
				path, strings.Join(questionFiles, ", "))
		}
		if d.Corpus, err = firstThere(path, "corpus.jsonl"); err != nil {
			return d, err
		}
		qrels, err := firstThere(path, judgementFiles...)
		if err != nil {
			return d, err
		}
		if qrels != "" {
			if d.Judgements, err = readFile(qrels, readJudgements); err != nil {
				return d, err
			}
		}
		d.Files = slices.DeleteFunc([]string{d.Corpus, qrels}, func(path string) bool { return path == "" })
	}
	d.Files = append(d.Files, questions)
	if d.Queries, err = readFile(questions, readQueries); err != nil {
		return d, err
	}
	if len(d.Queries) == 0 {
		return d, fmt.Errorf("read %s: it holds no questions", questions)
	}
	if d.Judgements == nil {
		d.Judgements = ownJudgements(d.Queries)
	}
	for _, q := range d.Queries {
		if len(q.Answers) == 0 && len(q.Must) == 0 && !q.Unanswerable {
			return d, fmt.Errorf(`read %s: question %s has no answers; give "answers" or "golden_answers", or "must", or "answerable": false`, questions, q.ID)
		}
	}
	return d, nil
}

// ownJudgements returns the judgements that the questions name themselves, or
// nil if they name none.
func ownJudgements(queries []Query) map[string]map[string]int {
	var out map[string]map[string]int
	for _, q := range queries {
		for _, document := range q.Documents {
			if out == nil {
				out = map[string]map[string]int{}
			}
			if out[q.ID] == nil {
				out[q.ID] = map[string]int{}
			}
			out[q.ID][document] = 1
		}
	}
	return out
}

// firstThere returns the path of the first of the files that exists in the
// folder, or "" if no file exists.
func firstThere(dir string, names ...string) (string, error) {
	for _, name := range names {
		path := filepath.Join(dir, name)
		_, err := os.Stat(path)
		if err == nil {
			return path, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("read the data set: %w", err)
		}
	}
	return "", nil
}

// Sample returns n of the queries, or all if n is 0 or too large. Seed 0 takes
// the first queries in order. Any other seed shuffles the queries first. The
// shuffle is the same for every n, so a larger sample contains a smaller one.
func Sample(queries []Query, n int, seed uint64) []Query {
	out := slices.Clone(queries)
	if seed != 0 {
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	if n > 0 && n < len(out) {
		out = out[:n]
	}
	return out
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

// readJudgements reads BEIR's three columns below their header.
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

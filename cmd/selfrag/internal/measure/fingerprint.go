package measure

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/eval"
	"selfrag/prompts"
)

// judgePrompts are the prompts that only a judge uses. Their digest is part of
// the name of a judge and not of the configuration of a run.
var judgePrompts = []string{prompts.NameStatements, prompts.NameQuestionFor, prompts.NameEvades}

// makingPrompts are the prompts that only eval make-questions uses. No outcome
// of a run depends on them.
var makingPrompts = []string{prompts.NameMakeQuestion, prompts.NameJoinQuestions}

// config chooses the models of the arms, and returns everything that the
// outcomes depend on.
func (r *questionRun) config(ctx context.Context, parts *wire.Parts, w io.Writer, arms []armSetup, data eval.Dataset) (map[string]string, error) {
	if err := r.chooseModels(ctx, parts, w, arms); err != nil {
		return nil, err
	}
	c, err := runConfig(ctx, parts, arms, data, r.corpus, r.seed)
	if err != nil {
		return nil, err
	}
	c["short_answer"] = fmt.Sprint(!r.noShort)
	return c, nil
}

// chooseModels sets the name of the model in the settings of each arm. An arm
// whose strategy uses no model still needs one to shorten its answers. It gets
// the model that its settings name, or else the model of another arm. If there
// is no model, the answers are scored unchanged.
func (r *questionRun) chooseModels(ctx context.Context, parts *wire.Parts, w io.Writer, arms []armSetup) error {
	another := ""
	for i := range arms {
		s := &arms[i].settings
		if s.AsksNoModel() {
			continue
		}
		var err error
		if s.Model, err = chosenModel(ctx, parts.With(*s), w, arms[i].name, r.out); err != nil {
			return err
		}
		another = cmp.Or(another, s.Model)
	}
	for i := range arms {
		s := &arms[i].settings
		if s.AsksNoModel() && !r.noShort {
			s.Model = cmp.Or(s.Model, another)
		}
		if s.Model == "" && !r.noShort {
			r.noShort = true
			fmt.Fprintln(w, "No language model is used, so answers are scored as they are (--no-short-answer); --model shortens them.")
		}
	}
	return nil
}

// chosenModel returns the name of the model for an arm. It is the model that
// the settings name, or else the model with which the run in the file out was
// begun, or else the best one that is there now. The name is recorded in the
// configuration of the run in all three cases. The model of a continued run is
// not checked here. It is opened only if there is a question left to ask.
func chosenModel(ctx context.Context, parts *wire.Parts, w io.Writer, arm, out string) (string, error) {
	if name := parts.Settings.Model; name != "" {
		return name, nil
	}
	if name := eval.Recorded(out)[arm+".model"]; name != "" {
		fmt.Fprintf(w, "Using model %s, with which %s was begun.\n", name, filepath.Base(out))
		return name, nil
	}
	return parts.ModelName(ctx)
}

// runConfig returns what the outcomes of every kind of run depend on: data,
// documents, seed, and the settings and prompts of the arms.
func runConfig(ctx context.Context, parts *wire.Parts, arms []armSetup, data eval.Dataset, corpus string, seed uint64) (map[string]string, error) {
	digest, err := data.Digest()
	if err != nil {
		return nil, err
	}
	c := map[string]string{"data": digest, "corpus": corpus, "seed": fmt.Sprint(seed)}
	if c["corpus_digest"], err = digestOfCorpus(corpus); err != nil {
		return nil, err
	}
	for _, arm := range arms {
		s := arm.settings
		c[arm.name+".without_rule"] = strings.Join(slices.Sorted(slices.Values(s.Without)), ",")
		if s.NamesCollection() {
			c[arm.name+".collection"] = s.Collection
			if c[arm.name+".collection_digest"], err = digestOfCollection(ctx, parts.With(s)); err != nil {
				return nil, err
			}
		}
		set, err := parts.With(s).Prompts(ctx)
		if err != nil {
			return nil, err
		}
		asked := slices.DeleteFunc(prompts.Names(), func(name string) bool {
			return slices.Contains(judgePrompts, name) || slices.Contains(makingPrompts, name)
		})
		c[arm.name+".prompts_digest"] = set.Digest(asked...)
		for key, text := range s.Fingerprint() {
			c[arm.name+"."+key] = text
		}
	}
	return c, nil
}

// digestOfCorpus returns a digest of the files under a path. It returns "" for
// an empty path and for a URL.
func digestOfCorpus(path string) (string, error) {
	if path == "" || strings.Contains(path, "://") {
		return "", nil
	}
	var files []string
	err := filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the corpus: %w", err)
	}
	return eval.Dataset{Files: files}.Digest()
}

// digestOfCollection returns a digest that changes with the documents of the
// collection, with their splitting into passages, and with the embedder.
func digestOfCollection(ctx context.Context, parts *wire.Parts) (string, error) {
	c, err := parts.Collection(ctx)
	if err != nil {
		return "", err
	}
	documents, err := c.Documents(ctx)
	if err != nil {
		return "", fmt.Errorf("read what is in collection %q: %w", parts.Settings.Collection, err)
	}
	sum := sha256.New()
	lines := json.NewEncoder(sum) // writes to a hash never fail, and these values can be encoded
	_ = lines.Encode(c.Spec())
	for _, d := range documents {
		_ = lines.Encode([]any{d.Source, d.ID, d.Passages})
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// tellUntold prints which parts of the configuration the file of a run does not
// record.
func tellUntold(w io.Writer, log *eval.Log, path string) {
	if len(log.Untold) > 0 {
		fmt.Fprintf(w, "%s lacks %s, since an earlier version began it; they are taken to be the same.\n",
			filepath.Base(path), strings.Join(log.Untold, ", "))
	}
}

// fileName returns the name of a data set, which is the name of its folder or
// file.
func fileName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return strings.TrimSuffix(filepath.Base(path), ".jsonl")
}

// writeFile creates a file and calls write with it. It returns the first error,
// which may be the error of closing the file.
func writeFile(path string, write func(f *os.File) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
	}()
	return write(f)
}

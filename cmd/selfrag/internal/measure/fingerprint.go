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

// judgePrompts are asked by a judge alone, whose judgements tell them apart.
var judgePrompts = []string{prompts.NameStatements, prompts.NameQuestionFor, prompts.NameEvades}

// config holds all that the outcomes depend on. It chooses the arms' models.
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

// chooseModels names the models of the arms. An arm that asks none has its answers
// put in short by the one that it names, or else by another arm's; where there is
// none they are scored as they are.
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
			fmt.Fprintln(w, "No language model is asked, so answers are scored as they are (--no-short-answer); --model puts them in short.")
		}
	}
	return nil
}

// chosenModel is the name of the model of an arm's settings, also where they name
// none, so that the fingerprint holds which one it was. A run that goes on in its
// file has the one that it was begun with, though another would be chosen by now;
// whether that is there is asked once something is left to ask it.
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

// runConfig is what every run depends on: data, documents, seed, and the arms'
// settings and prompts.
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
		asked := slices.DeleteFunc(prompts.Names(), func(name string) bool { return slices.Contains(judgePrompts, name) })
		c[arm.name+".prompts_digest"] = set.Digest(asked...)
		for key, text := range s.Fingerprint() {
			c[arm.name+"."+key] = text
		}
	}
	return c, nil
}

// digestOfCorpus is that of the files of a path; empty for no path, and for a
// URL.
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

// digestOfCollection changes with the documents of the settings' collection,
// with how they were cut into passages, and with its embedder.
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
	lines := json.NewEncoder(sum) // a hash takes every write, and these values marshal
	_ = lines.Encode(c.Spec())
	for _, d := range documents {
		_ = lines.Encode([]any{d.Source, d.ID, d.Passages})
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// tellUntold says what a run's file does not tell about how it was made.
func tellUntold(w io.Writer, log *eval.Log, path string) {
	if len(log.Untold) > 0 {
		fmt.Fprintf(w, "%s does not tell %s, since an earlier version began it; they are taken to be the same.\n",
			filepath.Base(path), strings.Join(log.Untold, ", "))
	}
}

// fileName is how a data set is called: by its folder or file.
func fileName(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return strings.TrimSuffix(filepath.Base(path), ".jsonl")
}

// writeFile writes a file by a function, and tells of an error of either.
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

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/prompts"
	"selfrag/prompts/registry"
	"selfrag/trace/langfuse"
)

// promptDeadline bounds the fetching of prompts, and promptTry a request of it:
// an answer must not wait for Langfuse.
const (
	promptDeadline = 3 * time.Second
	promptTry      = 2 * time.Second
)

// labelledPrompts are the prompts of labels, each fetched once in the life of
// the program.
type labelledPrompts struct {
	mu      sync.Mutex
	byLabel map[string]fs.FS
}

// openPrompts are the built-in prompts, with those of the label in Langfuse in
// their place, and those of the folder of the settings above both.
func (a *app) openPrompts(ctx context.Context) (*prompts.Set, error) {
	if a.settings.PromptLabel == "" {
		return a.localPrompts()
	}
	labelled, err := a.fetchPrompts(ctx)
	if err != nil {
		return nil, err
	}
	return a.localPrompts(labelled)
}

// localPrompts are the built-in prompts, with those of the layers in their
// place, and those of the folder of the settings above.
func (a *app) localPrompts(layers ...fs.FS) (*prompts.Set, error) {
	what := "load the prompts"
	if a.settings.Prompts != "" {
		layers = append(layers, os.DirFS(a.settings.Prompts))
		what += " of " + a.settings.Prompts
	}
	set, err := prompts.New(layers...)
	if err != nil {
		return nil, fault.Usagef("%s: %w", what, err)
	}
	return set, nil
}

// fetchPrompts are the prompts of the label of the settings. What is not as
// Langfuse has it is told on standard error, once.
func (a *app) fetchPrompts(ctx context.Context) (fs.FS, error) {
	label := a.settings.PromptLabel
	a.labelled.mu.Lock()
	defer a.labelled.mu.Unlock()
	if folder, ok := a.labelled.byLabel[label]; ok {
		return folder, nil
	}
	client, err := a.openLangfuse("prompt_label "+label, func(c *langfuse.Config) { c.Tries, c.Timeout = 1, promptTry })
	if err != nil {
		return nil, err
	}
	defer client.Close()
	cache, err := onnx.CacheDir()
	if err != nil {
		return nil, err
	}
	// A cache for each project and label.
	of := sha256.Sum256([]byte(client.Host() + "\x00" + a.langfuseConfig().PublicKey + "\x00" + label))
	dir := filepath.Join(cache, "prompts", hex.EncodeToString(of[:8]))
	limited, cancel := context.WithTimeout(ctx, promptDeadline)
	defer cancel()
	got, err := registry.Load(limited, langfusePrompts{client}, label, dir)
	if err != nil {
		return nil, err
	}
	if got.Warning != "" {
		fmt.Fprintln(a.Err, got.Warning)
	}
	if a.labelled.byLabel == nil {
		a.labelled.byLabel = map[string]fs.FS{}
	}
	a.labelled.byLabel[label] = got.Prompts
	return got.Prompts, nil
}

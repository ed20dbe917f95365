package wire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/internal/onnx"
	"selfrag/prompts"
	"selfrag/prompts/registry"
	"selfrag/trace/langfuse"
)

// promptDeadline is the time limit for fetching all prompts. promptTry is the
// time limit for one request. Both are short, because an answer must not wait
// for Langfuse.
const (
	promptDeadline = 3 * time.Second
	promptTry      = 2 * time.Second
)

// LocalPrompts returns the built-in prompts. A prompt in one of the layers
// replaces the built-in prompt of the same file name. A prompt in the folder
// that the settings name replaces both.
func LocalPrompts(s config.Settings, layers ...fs.FS) (*prompts.Set, error) {
	what := "load the prompts"
	if s.Prompts != "" {
		layers = append(layers, os.DirFS(s.Prompts))
		what += " of " + s.Prompts
	}
	set, err := prompts.New(layers...)
	if err != nil {
		return nil, fault.Usagef("%s: %w", what, err)
	}
	return set, nil
}

// fetchPrompts fetches the prompts with the label of the settings from
// Langfuse. If it cannot fetch the current version of a prompt and uses another
// version, it prints a warning.
func (p *Parts) fetchPrompts(ctx context.Context) (fs.FS, error) {
	label := p.Settings.PromptLabel
	client, err := Langfuse(p.Settings, p.getenv, "prompt_label "+label, func(c *langfuse.Config) { c.Tries, c.Timeout = 1, promptTry })
	if err != nil {
		return nil, err
	}
	defer client.Close()
	cache, err := onnx.CacheDir()
	if err != nil {
		return nil, err
	}
	// Each project and label has a cache of its own.
	of := sha256.Sum256([]byte(client.Host() + "\x00" + LangfuseConfig(p.Settings, p.getenv).PublicKey + "\x00" + label))
	dir := filepath.Join(cache, "prompts", hex.EncodeToString(of[:8]))
	limited, cancel := context.WithTimeout(ctx, promptDeadline)
	defer cancel()
	got, err := registry.Load(limited, LangfusePrompts{client}, label, dir)
	if err != nil {
		return nil, err
	}
	if got.Warning != "" {
		fmt.Fprintln(p.warn, got.Warning)
	}
	return got.Prompts, nil
}

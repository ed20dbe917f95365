package wire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/fault"
	"selfrag/prompts"
	"selfrag/prompts/registry"
	"selfrag/trace/langfuse"
)

// promptTag is the tag with which this program's prompts are marked in
// Langfuse.
const promptTag = "selfrag"

// Langfuse returns a client of the Langfuse project in the settings. purpose is
// the beginning of an error. The function change, if not nil, may modify the
// configuration of the client. The caller closes the client.
func Langfuse(s config.Settings, getenv func(string) string, purpose string, change func(*langfuse.Config)) (*langfuse.Client, error) {
	cfg := LangfuseConfig(s, getenv)
	if change != nil {
		change(&cfg)
	}
	client, err := langfuse.New(cfg)
	if err != nil {
		return nil, fault.Usagef("%s: %w", purpose, err)
	}
	return client, nil
}

// KeyRefused turns the error for a key that Langfuse refused into the error for
// an unreachable part. It returns any other error unchanged.
func KeyRefused(err error) error {
	refused := (*langfuse.StatusError)(nil)
	if errors.As(err, &refused) && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusForbidden) {
		return fault.Unreachablef("%w; check LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_HOST", err)
	}
	return err
}

// LangfusePrompts implements a registry of prompts with Langfuse.
type LangfusePrompts struct{ Client *langfuse.Client }

// List returns, for each prompt, the version that has the label.
func (l LangfusePrompts) List(ctx context.Context, label string) ([]registry.Version, error) {
	found, err := l.Client.ListPrompts(ctx, promptTag, label)
	if err != nil {
		return nil, err
	}
	out := make([]registry.Version, len(found))
	for i, p := range found {
		out[i] = registry.Version{Name: p.Name, Number: p.Newest(), Labels: p.Labels}
	}
	return out, nil
}

// Get returns the version of a prompt that has the label.
func (l LangfusePrompts) Get(ctx context.Context, name, label string) (registry.Version, error) {
	p, err := l.Client.GetPrompt(ctx, name, label)
	if langfuse.NotFound(err) {
		return registry.Version{}, fmt.Errorf("%w: %w", registry.ErrNone, err)
	}
	return registry.Version{Name: p.Name, Number: p.Version, Text: p.Text, Labels: p.Labels, Composed: p.Composed}, err
}

// Newest returns the newest version of a prompt.
func (l LangfusePrompts) Newest(ctx context.Context, name string) (registry.Version, error) {
	return l.Get(ctx, name, langfuse.Latest)
}

// Create creates a version of a prompt and returns its number. It also stores
// the header of the prompt file, such as its language and its labels, in
// Langfuse as the config of the version, which other programs can read.
func (l LangfusePrompts) Create(ctx context.Context, v registry.Version, of prompts.File, message string) (int, error) {
	config, err := json.Marshal(map[string]any{
		"template": "go text/template", "prompt": of.Name, "language": of.Language, "version": of.Version,
		"takes": of.Takes, "returns": of.Returns, "labels": of.Labels,
	})
	if err != nil {
		return 0, fmt.Errorf("describe prompt %s: %w", v.Name, err)
	}
	return l.Client.CreatePrompt(ctx, langfuse.Prompt{
		Name: v.Name, Text: v.Text, Labels: v.Labels, Tags: []string{promptTag}, Config: config, CommitMessage: message,
	})
}

// Label sets the labels of a version of a prompt.
func (l LangfusePrompts) Label(ctx context.Context, name string, version int, labels []string) error {
	return l.Client.LabelPrompt(ctx, name, version, labels)
}

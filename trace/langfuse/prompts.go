package langfuse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// Latest is the label that Langfuse gives to the newest version of a prompt.
const Latest = "latest"

// promptsPath is the path of prompts.
const promptsPath = "/api/public/v2/prompts"

// Prompt is one version of a text prompt.
type Prompt struct {
	Name          string          `json:"name"`
	Text          string          `json:"prompt"`
	Version       int             `json:"version,omitempty"` // assigned by Langfuse
	Labels        []string        `json:"labels"`
	Tags          []string        `json:"tags,omitempty"`
	Config        json.RawMessage `json:"config,omitempty"`
	CommitMessage string          `json:"commitMessage,omitempty"`
	// Composed says that the text contains texts of other prompts, which the
	// stored prompt only refers to. It is set when a prompt is fetched.
	Composed bool `json:"-"`
}

// PromptVersions lists the versions of a prompt.
type PromptVersions struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"` // "text" or "chat"
	Versions []int    `json:"versions"`
	Labels   []string `json:"labels"`
}

// Newest returns the highest version, or 0 if there is none.
func (p PromptVersions) Newest() int {
	newest := 0
	for _, v := range p.Versions {
		newest = max(newest, v)
	}
	return newest
}

// NotFound reports whether an error says that Langfuse has no such resource.
func NotFound(err error) bool {
	refused := (*StatusError)(nil)
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}

// GetPrompt fetches the version of a text prompt with a label. If there is
// none, NotFound reports true for the error.
func (c *Client) GetPrompt(ctx context.Context, name, label string) (Prompt, error) {
	// The text of a chat prompt is a list, so check the type first.
	var out struct {
		Type  string          `json:"type"`
		Text  json.RawMessage `json:"prompt"`
		Graph map[string]any  `json:"resolutionGraph"` // null without references
		Prompt
	}
	if err := c.Get(ctx, promptsPath+"/"+url.PathEscape(name), url.Values{"label": {label}}, &out); err != nil {
		return Prompt{}, fmt.Errorf("fetch prompt %s labelled %s from Langfuse: %w", name, label, err)
	}
	if out.Type != "text" {
		return Prompt{}, fmt.Errorf("prompt %s in Langfuse is a %s prompt: the program's are text prompts", name, out.Type)
	}
	if err := json.Unmarshal(out.Text, &out.Prompt.Text); err != nil {
		return Prompt{}, fmt.Errorf("read prompt %s of Langfuse: %w", name, err)
	}
	out.Composed = out.Graph != nil
	return out.Prompt, nil
}

// ListPrompts returns the prompts with a tag, each with the versions that have
// the label. An empty label means all versions.
func (c *Client) ListPrompts(ctx context.Context, tag, label string) ([]PromptVersions, error) {
	query := url.Values{"tag": {tag}}
	if label != "" {
		query.Set("label", label)
	}
	out, err := list[PromptVersions](ctx, c, promptsPath, query)
	if err != nil {
		return nil, fmt.Errorf("list the prompts of Langfuse: %w", err)
	}
	return out, nil
}

// CreatePrompt creates a new version of a text prompt and returns its number.
// The labels are taken from the versions that had them. If the answer is lost,
// the request is repeated and may create the version twice; the later one
// counts.
func (c *Client) CreatePrompt(ctx context.Context, p Prompt) (version int, err error) {
	in := struct {
		Type string `json:"type"`
		Prompt
	}{"text", p}
	in.Version = 0
	if in.Labels == nil {
		in.Labels = []string{}
	}
	var out struct{ Version int }
	if err := c.Post(ctx, promptsPath, in, &out); err != nil {
		return 0, fmt.Errorf("make a version of prompt %s in Langfuse: %w", p.Name, err)
	}
	return out.Version, nil
}

// LabelPrompt sets the labels of a version of a prompt, except Latest, which is
// Langfuse's own. Other versions lose them.
func (c *Client) LabelPrompt(ctx context.Context, name string, version int, labels []string) error {
	labels = slices.DeleteFunc(slices.Clone(labels), func(l string) bool { return l == Latest })
	path := promptsPath + "/" + url.PathEscape(name) + "/versions/" + strconv.Itoa(version)
	if err := c.Patch(ctx, path, map[string][]string{"newLabels": labels}, nil); err != nil {
		return fmt.Errorf("label version %d of prompt %s in Langfuse: %w", version, name, err)
	}
	return nil
}

// pageSize is the number of list items per request. Langfuse allows 100.
const pageSize = 100

// list reads every page of a list.
func list[T any](ctx context.Context, c *Client, path string, query url.Values) ([]T, error) {
	var out []T
	for page := 1; ; page++ {
		var got struct {
			Data []T
			Meta struct{ TotalPages int }
		}
		query.Set("page", strconv.Itoa(page))
		query.Set("limit", strconv.Itoa(pageSize))
		if err := c.Get(ctx, path, query, &got); err != nil {
			return nil, err
		}
		out = append(out, got.Data...)
		if page >= got.Meta.TotalPages || len(got.Data) == 0 {
			return out, nil
		}
	}
}

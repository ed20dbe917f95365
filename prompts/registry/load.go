package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Loaded is the result of Load.
type Loaded struct {
	Prompts fs.FS // for prompts.New
	// Warning describes, in sentences, where the prompts differ from the
	// registry's. It is empty if none does.
	Warning string
}

// Load fetches the prompts with a label and keeps them in the folder dir. If
// that fails, it uses the prompts that it fetched the last time, and otherwise
// the built-in ones. A single unusable prompt is replaced in the same way. Load
// fails only if the caller cancelled the context; a deadline does not make it
// fail.
func Load(ctx context.Context, from Source, label, dir string) (Loaded, error) {
	cached, err := read(dir)
	if err != nil {
		cached = nil // will be overwritten
	}
	got, problems, err := fetch(ctx, from, label, cached)
	if errors.Is(ctx.Err(), context.Canceled) {
		return Loaded{}, fmt.Errorf("fetch the prompts labelled %s: %w", label, ctx.Err())
	}
	if err != nil {
		what := "the built-in ones are used"
		if len(cached) > 0 {
			what = "those fetched before are used"
		}
		return Loaded{cached.FS(), fmt.Sprintf("The prompts labelled %s cannot be fetched (%v): %s.", label, err, what)}, nil
	}
	var warnings []string
	if len(problems) > 0 {
		got.keep(cached, problems)
		warnings = append(warnings, fmt.Sprintf("Some prompts labelled %s cannot be used, and others are used instead: %s.", label, sentence(problems)))
	} else if len(got) == 0 {
		warnings = append(warnings, fmt.Sprintf("No prompt is labelled %s: the built-in ones are used.", label))
	}
	if err := got.save(dir); err != nil {
		warnings = append(warnings, fmt.Sprintf("The fetched prompts cannot be kept for later: %v.", err))
	}
	return Loaded{got.FS(), strings.Join(warnings, " ")}, nil
}

func sentence(problems []Problem) string {
	parts := make([]string, len(problems))
	for i, p := range problems {
		parts[i] = p.Error()
	}
	return strings.Join(parts, "; ")
}

// keep takes over previously fetched prompts whose new version has a problem.
func (t texts) keep(before texts, problems []Problem) {
	for file, one := range before {
		_, there := t[file]
		if !there && slices.ContainsFunc(problems, func(p Problem) bool { return p.Name == one.origin.Name }) {
			t[file] = one
		}
	}
}

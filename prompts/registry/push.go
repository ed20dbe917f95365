package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"selfrag/prompts"
)

// Target is a registry that prompts are pushed to.
type Target interface {
	// Newest returns the newest version of a prompt, or ErrNone if there is
	// none.
	Newest(ctx context.Context, name string) (Version, error)
	// Create makes a new version with the labels of v and returns its number.
	Create(ctx context.Context, v Version, of prompts.File, message string) (int, error)
	// Label moves labels to a version; other versions lose them.
	Label(ctx context.Context, name string, version int, labels []string) error
}

// The actions of Push on a prompt.
const (
	Created   = "created"   // a new version was made
	Labelled  = "labelled"  // the newest version has the same text and received the labels
	Unchanged = "unchanged" // the newest version has the same text and the labels
)

// Pushed is the result of Push for one prompt.
type Pushed struct {
	Name    string `json:"name"`
	Version int    `json:"version"` // 0 for a version that would be made
	Did     string `json:"did"`     // Created, Labelled or Unchanged
}

// PushOptions configures Push.
type PushOptions struct {
	Labels  []string // labels for the versions
	Message string   // message of new versions
	DryRun  bool     // report only, change nothing
	// Done, if not nil, is called for each prompt.
	Done func(Pushed)
}

// Push makes a new version of each prompt whose text differs from the newest
// one in the registry, so pushing again changes nothing. It checks all prompts
// before it pushes the first.
func Push(ctx context.Context, to Target, files []prompts.File, o PushOptions) error {
	for _, f := range files {
		if err := prompts.Check(f.Name, f.Language, f.Text); err != nil {
			return fmt.Errorf("push prompt %s: %w", f.Path(), err)
		}
	}
	for _, f := range files {
		done, err := pushOne(ctx, to, f, o)
		if err != nil {
			return fmt.Errorf("push prompt %s: %w", f.Path(), err)
		}
		if o.Done != nil {
			o.Done(done)
		}
	}
	return nil
}

func pushOne(ctx context.Context, to Target, f prompts.File, o PushOptions) (Pushed, error) {
	name := NameOf(f)
	newest, err := to.Newest(ctx, name)
	switch {
	case errors.Is(err, ErrNone) || err == nil && newest.Text != f.Text:
		if o.DryRun {
			return Pushed{name, 0, Created}, nil
		}
		number, err := to.Create(ctx, Version{Name: name, Text: f.Text, Labels: o.Labels}, f, o.Message)
		return Pushed{name, number, Created}, err
	case err != nil:
		return Pushed{}, err
	}
	all := slices.Clone(newest.Labels)
	for _, l := range o.Labels {
		if !slices.Contains(all, l) {
			all = append(all, l)
		}
	}
	if len(all) == len(newest.Labels) {
		return Pushed{name, newest.Number, Unchanged}, nil
	}
	if !o.DryRun {
		err = to.Label(ctx, name, newest.Number, all)
	}
	return Pushed{name, newest.Number, Labelled}, err
}

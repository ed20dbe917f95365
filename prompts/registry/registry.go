package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"selfrag/prompts"
)

// Version is one version of a prompt in a registry.
type Version struct {
	Name   string // as NameOf returns it
	Number int
	Text   string // the whole file; empty in lists
	Labels []string
	// Composed says that the registry composed the text of several prompts, so
	// that it changes without a new version. It is false in lists.
	Composed bool
}

// Source is a registry that prompts come from.
type Source interface {
	// List returns the version with the label for each prompt.
	List(ctx context.Context, label string) ([]Version, error)
	// Get returns the version with the label, or ErrNone if there is none.
	Get(ctx context.Context, name, label string) (Version, error)
}

// ErrNone says that a registry has no version of a prompt with a label.
var ErrNone = errors.New("no such prompt")

// folder is the folder of the prompts in a registry that other programs may use
// as well.
const folder = "selfrag/"

// NameOf returns the name of a prompt in a registry.
func NameOf(f prompts.File) string { return folder + f.Name + "." + f.Language }

// split splits the name of a prompt in a registry.
func split(name string) (prompt, language string, ok bool) {
	rest, ok := strings.CutPrefix(name, folder)
	if !ok {
		return "", "", false
	}
	prompt, language, _ = strings.Cut(rest, ".")
	return prompt, language, slices.Contains(prompts.Names(), prompt) && slices.Contains(prompts.Languages(), language)
}

// atOnce is the number of prompts to fetch in parallel.
const atOnce = 8

// Problem is the reason for which a version of a prompt cannot be used.
type Problem struct {
	Name string // name of the prompt in the registry
	Err  error
}

func (p Problem) Error() string { return fmt.Sprintf("%s: %v", p.Name, p.Err) }

// Unwrap returns the cause.
func (p Problem) Unwrap() error { return p.Err }

// fetch returns the prompts with a label by file name. It does not fetch
// prompts that are in have and cannot have changed. A problem concerns a single
// prompt, which is left out.
func fetch(ctx context.Context, from Source, label string, have texts) (got texts, problems []Problem, err error) {
	versions, err := from.List(ctx, label)
	if err != nil {
		return nil, nil, err
	}
	got = texts{}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, v := range versions {
		name, language, known := split(v.Name)
		if !known {
			if strings.HasPrefix(v.Name, folder) {
				mu.Lock()
				problems = append(problems, Problem{v.Name, errors.New("it is not a prompt of this program")})
				mu.Unlock()
			}
			continue
		}
		file := prompts.File{Name: name, Language: language}.Path()
		if kept, ok := have[file]; ok && kept.origin.Fixed && kept.origin.Name == v.Name && kept.origin.Version == v.Number {
			mu.Lock()
			got[file] = kept
			mu.Unlock()
			continue
		}
		group.Go(func() error {
			version, err := from.Get(ctx, v.Name, label)
			if errors.Is(err, ErrNone) {
				return nil // it lost the label in the meantime
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			if err := prompts.Check(name, language, version.Text); err != nil {
				problems = append(problems, Problem{v.Name, fmt.Errorf("version %d: %w", version.Number, err)})
				return nil
			}
			origin := prompts.OriginOf(v.Name, version.Number, version.Text)
			origin.Fixed = !version.Composed
			got[file] = text{version.Text, origin}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.Name, b.Name) })
	return got, problems, nil
}

package wire

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/metrics"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/trace"
)

// Parts are the stores, models, embedders, rerankers and prompts that settings
// name. Each is opened when it is first asked for, shared by all who ask for the
// same one, and closed once, by Close of the Parts that New returned. They are
// safe for concurrent use.
type Parts struct {
	Settings config.Settings
	// Metrics count what is asked; nil: nothing is counted.
	Metrics *metrics.Metrics
	// Tracing is where turns are traced; nil: nowhere.
	Tracing *trace.Tracing
	// Until is when the one question that the parts are for must be over, from when
	// its command began. Zero: each question has its own time, by the settings.
	Until time.Time

	getenv   func(string) string
	warn     io.Writer
	remember time.Duration
	// standsIn says that sentences of the documents answer where no language model
	// can be reached, so that none is waited for.
	standsIn bool
	// fences says that prompts of others than the one user are answered, so that
	// the setting fence holds.
	fences bool
	shared *shared
}

// Options are the surroundings of Parts.
type Options struct {
	Getenv  func(string) string
	Warn    io.Writer // what a person is told besides; nil: nobody is
	Metrics *metrics.Metrics
	Tracing *trace.Tracing
	// Patience is how long a part may take to open. 0: as long as it takes.
	Patience time.Duration
	// Remember is how long a server takes the answer for granted whether a part is
	// there. 0: 1 s, and 5 s for a model that is not.
	Remember time.Duration
}

// shared are the parts that are open, by what they depend on.
type shared struct {
	stores    *shelf[database]
	embedders *shelf[Embedder]
	models    *shelf[LanguageModel]
	rerankers *shelf[retrieval.Reranker]
	labelled  *shelf[fs.FS]
	prompts   *shelf[*prompts.Set]
}

// New returns the parts of some settings, none of which is open yet.
func New(s config.Settings, o Options) *Parts {
	if o.Warn == nil {
		o.Warn = io.Discard
	}
	return &Parts{Settings: s, Metrics: o.Metrics, Tracing: o.Tracing, getenv: o.Getenv, warn: o.Warn, remember: o.Remember, shared: &shared{
		stores: newShelf[database](o.Patience), embedders: newShelf[Embedder](o.Patience), models: newShelf[LanguageModel](o.Patience),
		rerankers: newShelf[retrieval.Reranker](o.Patience), labelled: newShelf[fs.FS](o.Patience), prompts: newShelf[*prompts.Set](o.Patience),
	}}
}

// With is the parts of other settings. What both have in common they share, and
// Close of the first closes.
func (p *Parts) With(s config.Settings) *Parts {
	own := *p
	own.Settings = s
	return &own
}

// Close ends what is being opened and closes the parts, those made of others
// first.
func (p *Parts) Close() {
	p.shared.rerankers.Close()
	p.shared.embedders.Close()
	p.shared.models.Close()
	p.shared.stores.Close()
	p.shared.prompts.Close()
	p.shared.labelled.Close()
}

// keyOf names a part by all that it depends on.
func keyOf(of ...any) string {
	key, err := json.Marshal(of)
	if err != nil {
		return "" // texts, numbers and specs marshal
	}
	return string(key)
}

// Prompts are the built-in prompts, with those of the label in Langfuse in
// their place, and those of the folder of the settings above both.
func (p *Parts) Prompts(ctx context.Context) (*prompts.Set, error) {
	s := p.Settings
	return p.shared.prompts.take(ctx, keyOf(s.Prompts, s.PromptLabel), func(ctx context.Context) (*prompts.Set, []func(), error) {
		if s.PromptLabel == "" {
			set, err := LocalPrompts(s)
			return set, nil, err
		}
		labelled, err := p.shared.labelled.take(ctx, s.PromptLabel, func(ctx context.Context) (fs.FS, []func(), error) {
			found, err := p.fetchPrompts(ctx)
			return found, nil, err
		})
		if err != nil {
			return nil, nil, err
		}
		set, err := LocalPrompts(s, labelled)
		return set, nil, err
	})
}

// openAIServer is where the OpenAI-compatible server is, and the key for it.
func (p *Parts) openAIServer() (address, key string) {
	return cmp.Or(p.Settings.OpenAIAddress, p.getenv("OPENAI_BASE_URL")), p.getenv("OPENAI_API_KEY")
}

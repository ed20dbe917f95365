package wire

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"sync"
	"time"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/metrics"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/trace"
)

// Parts holds the stores, models, embedders, rerankers and prompts that the
// settings name. Each part is opened when it is first needed and shared by all
// code that uses it. Close closes all parts that were opened. Parts is safe for
// concurrent use.
type Parts struct {
	Settings config.Settings
	// Metrics counts the questions; nil: no counting.
	Metrics *metrics.Metrics
	// Tracing traces the turns; nil: no tracing.
	Tracing *trace.Tracing
	// Until is when a command that asks one question must be done, counted from
	// its start. If it is zero, each question has the time of the settings.
	Until time.Time

	getenv   func(string) string
	warn     io.Writer
	remember time.Duration
	// standsIn says that the program answers with sentences of the documents if
	// no language model can be reached. Opening the model then does not wait
	// for the server to start.
	standsIn bool
	// fences says that prompts contain text of several users. Then the setting
	// fence applies.
	fences bool
	shared *shared
}

// Options holds what New needs besides the settings.
type Options struct {
	Getenv  func(string) string
	Warn    io.Writer // messages for people; nil: discarded
	Metrics *metrics.Metrics
	Tracing *trace.Tracing
	// Patience is the time limit for opening a part. 0: no limit.
	Patience time.Duration
	// Remember is how long the result of checking whether a part can be reached
	// is reused. 0 means 1 s, and 5 s if a model cannot be reached.
	Remember time.Duration
}

// shared holds the open parts. The key of a part contains everything that the
// part depends on.
type shared struct {
	stores    *shelf[database]
	embedders *shelf[Embedder]
	models    *shelf[LanguageModel]
	rerankers *shelf[retrieval.Reranker]
	labelled  *shelf[fs.FS]
	prompts   *shelf[*prompts.Set]
	told      sync.Map // the warnings that were given
}

// New returns the parts of some settings. It opens none of them.
func New(s config.Settings, o Options) *Parts {
	if o.Warn == nil {
		o.Warn = io.Discard
	}
	return &Parts{Settings: s, Metrics: o.Metrics, Tracing: o.Tracing, getenv: o.Getenv, warn: o.Warn, remember: o.Remember, shared: &shared{
		stores: newShelf[database](o.Patience), embedders: newShelf[Embedder](o.Patience), models: newShelf[LanguageModel](o.Patience),
		rerankers: newShelf[retrieval.Reranker](o.Patience), labelled: newShelf[fs.FS](o.Patience), prompts: newShelf[*prompts.Set](o.Patience),
	}}
}

// With returns Parts for other settings. Parts that are the same under both
// settings are shared. Calling Close on the Parts that New returned closes all
// of them.
func (p *Parts) With(s config.Settings) *Parts {
	own := *p
	own.Settings = s
	return &own
}

// Close cancels the opening of parts and closes the open ones. A part is closed
// before those that it depends on.
func (p *Parts) Close() {
	p.shared.rerankers.Close()
	p.shared.embedders.Close()
	p.shared.models.Close()
	p.shared.stores.Close()
	p.shared.prompts.Close()
	p.shared.labelled.Close()
}

// keyOf returns the key of a part, made from all values that the part depends
// on.
func keyOf(of ...any) string {
	key, err := json.Marshal(of)
	if err != nil {
		return "" // cannot happen, because texts, numbers and specs can be encoded
	}
	return string(key)
}

// Prompts returns the prompts of the settings. A prompt in the folder of the
// settings replaces the prompt with the label in Langfuse, which replaces the
// built-in prompt.
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

// openAIServer returns the address of the OpenAI-compatible server and the key
// for it.
func (p *Parts) openAIServer() (address, key string) {
	return cmp.Or(p.Settings.OpenAIAddress, p.getenv("OPENAI_BASE_URL")), p.getenv("OPENAI_API_KEY")
}

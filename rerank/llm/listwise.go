package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tmc/langchaingo/llms"

	"selfrag/retrieval"
)

// Generator writes an answer to a chat. Any llms.Model is one.
type Generator interface {
	GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error)
}

// ListPrompt returns the chat that asks for the order of passages. It numbers
// them from 1 in the given order. The model is to reply [2] > [1] > ...
type ListPrompt func(query string, passages []retrieval.Passage) ([]llms.MessageContent, error)

// ErrNoOrder is wrapped by the error of a listwise reranking in which the model
// named no passage.
var ErrNoOrder = errors.New("the model gave no order of the passages")

// ListwiseConfig sizes the window. Its zero value works.
type ListwiseConfig struct {
	// Window is the maximum number of passages to show at once; 20. Fewer are
	// shown if more would not fit ContextTokens.
	Window int
	// Step is the number of passages by which a full window moves; half of
	// Window. A smaller window moves by half its size.
	Step int
	// ContextTokens is the size of the model's context; 4096. Prompt and answer
	// must fit into it, by a conservative estimate.
	ContextTokens int
	// PassageTokens is the number of tokens after which a passage is cut, by
	// the same estimate; 300.
	PassageTokens int
	// Warn, if not nil, is called if the model gave no order for a window and
	// its passages stayed as they were. If that happens for every window,
	// Rerank returns an error.
	Warn func(string)
}

func (c ListwiseConfig) withDefaults() ListwiseConfig {
	c.Window = cmp.Or(c.Window, 20)
	c.Step = cmp.Or(c.Step, max(1, c.Window/2))
	c.ContextTokens = cmp.Or(c.ContextTokens, 4096)
	c.PassageTokens = cmp.Or(c.PassageTokens, 300)
	if c.Warn == nil {
		c.Warn = func(string) {}
	}
	return c
}

func (c ListwiseConfig) check() error {
	switch {
	case c.Window < 2:
		return fmt.Errorf("a window of %d passages has no order", c.Window)
	case c.Step < 1 || c.Step >= c.Window:
		return fmt.Errorf("a step of %d passages: the best of a window of %d must stay in sight, so it is 1 to %d", c.Step, c.Window, c.Window-1)
	case c.ContextTokens < 0 || c.PassageTokens < 0:
		return errors.New("a number of tokens must be 0 or more")
	}
	return nil
}

// Listwise asks the model to order passages, one window at a time. The window
// slides from the last passages to the first, so the best passages move up, and
// those after the first few are only roughly ordered (Sun et al., "Is ChatGPT
// Good at Search?", arXiv 2304.09542). The result depends on the order of the
// input, which should be that of the first stage. A score depends on the other
// passages, so it must not be cached.
type Listwise struct {
	model  Generator
	prompt ListPrompt
	cfg    ListwiseConfig
}

var _ retrieval.Reranker = (*Listwise)(nil)

// NewListwise returns a reranker that asks the model with the prompt.
func NewListwise(model Generator, prompt ListPrompt, cfg ListwiseConfig) (*Listwise, error) {
	if model == nil || prompt == nil {
		return nil, errors.New("a listwise reranker needs a model and a prompt")
	}
	cfg = cfg.withDefaults()
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("a listwise reranker: %w", err)
	}
	return &Listwise{model, prompt, cfg}, nil
}

// Rerank sorts the passages, best first, and sets Score and Rerank to the share
// of passages that each is no worse than: of n passages the first gets 1, the
// next (n-1)/n, the last 1/n. The scores express only the order. They cannot be
// compared with a threshold, a calibration or the scores of another reranker.
// The error wraps ErrNoOrder if the model named no passage in any window.
func (l *Listwise) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	ranked := slices.Clone(passages)
	windows, unread := 0, 0
	for end := len(ranked); end > 1; {
		begin, shown, err := l.window(query, ranked[:end])
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("rerank: stopped after %d windows: %w", windows, err)
		}
		order, named, err := l.order(ctx, query, shown)
		if err != nil {
			return nil, fmt.Errorf("rerank passages %d to %d: %w", begin+1, end, err)
		}
		if windows++; named == 0 {
			unread++
			l.cfg.Warn(fmt.Sprintf("The model gave no order for passages %d to %d; they keep their order.", begin+1, end))
		}
		before := slices.Clone(ranked[begin:end])
		for i, place := range order {
			ranked[begin+i] = before[place]
		}
		if begin == 0 {
			break
		}
		end -= l.step(end - begin)
	}
	if windows > 0 && unread == windows {
		return nil, fmt.Errorf("rerank %d passages: %w", len(passages), ErrNoOrder)
	}
	for i := range ranked {
		score := float64(len(ranked)-i) / float64(len(ranked))
		ranked[i].Score, ranked[i].Rerank = score, &score
	}
	return ranked, nil
}

// step returns the number of passages by which a window of that size moves.
func (l *Listwise) step(size int) int {
	if size == l.cfg.Window {
		return l.cfg.Step
	}
	return max(1, size/2)
}

// perNumber is the number of tokens that a passage needs in the answer, and in
// the prompt besides its text: "[20] > " and the line of its title.
const perNumber = 8

// window finds the longest run of passages, up to the last one, that fits. It
// returns where the run begins and what is shown of each passage. A run has at
// least two passages; if these do not fit, they are cut further.
func (l *Listwise) window(query string, passages []retrieval.Passage) (begin int, shown []retrieval.Passage, err error) {
	empty, err := l.prompt(query, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("make the prompt: %w", err)
	}
	const template = 64 // control tokens and the text of the model's template
	room := l.cfg.ContextTokens - template
	for _, m := range empty {
		for _, part := range m.Parts {
			if text, ok := part.(llms.TextContent); ok {
				room -= tokens(text.Text)
			}
		}
	}
	each := min(l.cfg.PassageTokens, room/2-2*perNumber)
	if each < 1 {
		return 0, nil, fmt.Errorf("rerank: the query leaves no room for two passages in a context of %d tokens", l.cfg.ContextTokens)
	}
	begin = len(passages)
	for begin > 0 && len(passages)-begin < l.cfg.Window {
		p := passages[begin-1]
		p.Title = beginning(p.Title, each/4)
		p.Text = beginning(p.Text, each-tokens(p.Title))
		cost := tokens(p.Title) + tokens(p.Text) + 2*perNumber
		if cost > room {
			break
		}
		room -= cost
		shown = append(shown, p)
		begin--
	}
	slices.Reverse(shown)
	return begin, shown, nil
}

// order asks the model about one window.
func (l *Listwise) order(ctx context.Context, query string, passages []retrieval.Passage) ([]int, int, error) {
	messages, err := l.prompt(query, passages)
	if err != nil {
		return nil, 0, fmt.Errorf("make the prompt: %w", err)
	}
	resp, err := l.model.GenerateContent(ctx, messages,
		llms.WithMaxTokens(perNumber*len(passages)),
		llms.WithTemperature(0),
		// A repetition penalty would punish the brackets.
		llms.WithRepetitionPenalty(1))
	if ended := ctx.Err(); ended != nil {
		return nil, 0, ended
	}
	if err != nil {
		return nil, 0, err
	}
	var answer string
	if resp != nil && len(resp.Choices) > 0 {
		answer = resp.Choices[0].Content
	}
	order, named := parseOrder(answer, len(passages))
	return order, named, nil
}

package agent

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tmc/langchaingo/llms"
	attr "go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Steps are the named acts of a strategy, over one model and one retriever,
// within one budget. Each is a typed function that can be used alone.
type Steps struct {
	caller    *call.Caller
	retriever Retriever
	prompts   *prompts.Set
	cfg       Config
	lookUps   watch // first-stage searches, which run side by side

	mu       sync.Mutex
	searched retrieval.Timings           // summed
	results  map[string]retrieval.Result // by query
	evidence map[string]evidence.Found   // by question and passages
	subjects map[string]claim.Subjects   // by question, of these results
}

func (a *Agent) steps() *Steps {
	return &Steps{
		caller:    call.New(call.Config{Model: a.model, Calls: a.cfg.Budget.Calls, Tokens: a.cfg.Budget.Tokens}),
		retriever: a.retriever, prompts: a.prompts, cfg: a.cfg,
		results: map[string]retrieval.Result{}, evidence: map[string]evidence.Found{},
	}
}

// NewSteps returns steps for use outside of a turn, with a budget of their
// own from the configuration. set may be nil for the built-in prompts, and the
// model as in New; steps that ask a model then fail.
func NewSteps(model llms.Model, retriever Retriever, set *prompts.Set, cfg Config) (*Steps, error) {
	a, err := New(model, retriever, set, cfg)
	if err != nil {
		return nil, err
	}
	return a.steps(), nil
}

// ShouldRetrieve grades whether answering the question needs documents, or
// more of them than the known sentences came from: P(needed).
func (s *Steps) ShouldRetrieve(ctx context.Context, in prompts.ShouldRetrieve) (Grade, error) {
	return evaluated(ctx, prompts.NameShouldRetrieve, in, oneGrade, func(ctx context.Context) (Grade, error) {
		return s.yes(ctx, prompts.NameShouldRetrieve, in.Question, in)
	})
}

// RefineQuery writes one standalone search question, in the language of the
// question. Where the model writes none that is new, the question is asked
// together with what was found out last. It returns "" when that was asked
// before, too.
func (s *Steps) RefineQuery(ctx context.Context, in prompts.RefineQuery) (string, error) {
	p, err := s.Render(prompts.NameRefineQuery, in.Question, in)
	if err != nil {
		return "", err
	}
	written, err := s.Write(ctx, p, 64)
	if err != nil {
		return "", err
	}
	fallback := in.Question
	if len(in.Known) > 0 {
		fallback += " " + in.Known[len(in.Known)-1]
	}
	for _, q := range []string{firstLine(written), fallback} {
		if !text.Among(in.Asked, q) && isQuery(q) && text.Language(q) == text.Language(in.Question) {
			return q, nil
		}
	}
	return "", nil
}

// firstLine is the first line that a model wrote, without quotation marks
// around it.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.Trim(line, "\"“” ")
}

// isQuery tells whether a text can be searched for.
func isQuery(query string) bool {
	return text.Normalise(query) != "" && len([]rune(query)) <= longestQuery
}

// longestQuery is how many runes a search question may have. Beyond it a model
// has begun to answer. Not measured.
const longestQuery = 400

// Search runs the two stages of retrieval, once for each query.
func (s *Steps) Search(ctx context.Context, query string) (retrieval.Result, error) {
	s.mu.Lock()
	res, known := s.results[query]
	s.mu.Unlock()
	if known {
		res.Timings = retrieval.Timings{}
		return res, nil
	}
	res, err := s.searchSpan(ctx, query, func(ctx context.Context) (retrieval.Result, error) {
		res, err := s.retriever.Search(ctx, query)
		return res, stop.Reason(ctx, err)
	})
	if err != nil {
		return res, fmt.Errorf("search for %q: %w", query, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results[query] = res
	s.subjects = nil
	s.searched.Embed += res.Timings.Embed
	s.searched.Search += res.Timings.Search
	s.searched.Rerank += res.Timings.Rerank
	return res, nil
}

// sources are what the claims of an answer to a question are held to: passages,
// and what the documents found so far tell of the question's names.
func (s *Steps) sources(question string, passages []retrieval.Passage) claim.Sources {
	return claim.Sources{Passages: passages, Subjects: s.subjectsOf(question), Without: s.cfg.WithoutRules}
}

func (s *Steps) subjectsOf(question string) claim.Subjects {
	s.mu.Lock()
	defer s.mu.Unlock()
	if subjects, known := s.subjects[question]; known {
		return subjects
	}
	var found []retrieval.Passage
	for _, r := range s.results {
		found = append(append(found, r.Passages...), r.Rest...)
	}
	subjects := claim.SubjectsOf(question, found)
	if s.subjects == nil {
		s.subjects = map[string]claim.Subjects{}
	}
	s.subjects[question] = subjects
	return subjects
}

// DraftInput is what a draft is written from.
type DraftInput struct {
	Question string
	Passages []retrieval.Passage
	OnToken  func(string) // called with each piece as it is written; may be nil
	// Temperature and Seed sample a draft that differs; 0 is greedy.
	Temperature float64
	Seed        int
}

// Draft writes an answer from the passages, best first, and reads its
// citations. Passages that the model's context has no room for are left out,
// the last first.
func (s *Steps) Draft(ctx context.Context, in DraftInput) (Draft, error) {
	text, left, said, err := s.writeDraft(ctx, in, func(passages []prompts.Passage) (prompts.Prompt, error) {
		return s.Render(prompts.NameDraft, in.Question, prompts.Draft{Question: in.Question, Passages: passages})
	})
	if err != nil {
		return Draft{}, err
	}
	return s.parse(in.Question, text, said, in.Passages[:left], len(in.Passages)-left), nil
}

// SupportInput is a sentence with the passages of its draft, and the question
// that was asked; it may be empty.
type SupportInput struct {
	Sentence claim.Sentence
	Passages []retrieval.Passage
	Question string
}

// GradeSupport grades how well the sentence's passages support it: p(fully) +
// p(partially)/2, by the labels Yes and Partly. Of each passage the model reads
// the sentence nearest to the claim and its neighbours: in the whole of it a
// small model does not see what is plainly there. A sentence that code refutes
// (claim.Check) has the verdict in its grade, and the model is not asked.
func (s *Steps) GradeSupport(ctx context.Context, in SupportInput) (Grade, error) {
	return evaluated(ctx, prompts.NameGradeSupport, supportInput(in), oneGrade, func(ctx context.Context) (Grade, error) {
		return s.gradeSupport(ctx, in)
	})
}

func (s *Steps) gradeSupport(ctx context.Context, in SupportInput) (Grade, error) {
	if v := claim.Check(in.Sentence, s.sources(in.Question, in.Passages)); v.Refuted {
		trace.SpanFromContext(ctx).SetAttributes(attr.String("selfrag.refuted.rule", string(v.Rule)), attr.String("selfrag.refuted.fact", v.Fact))
		return RefutedBy(v), nil
	}
	cited := make([]retrieval.Passage, len(in.Sentence.Passages))
	for i, n := range in.Sentence.Passages {
		if cited[i] = in.Passages[n]; s.cfg.uses(HeuristicNearest) {
			cited[i] = claim.Around(in.Sentence.Text, cited[i])
		}
	}
	return s.says(ctx, numbered(in.Sentence.Text, cited), in.Sentence.Text)
}

// says grades by the model alone whether passages say what a claim does.
func (s *Steps) says(ctx context.Context, passages []prompts.Passage, claim string) (Grade, error) {
	p, err := s.Render(prompts.NameGradeSupport, claim, prompts.GradeSupport{Passages: passages, Sentence: claim})
	if err != nil {
		return Grade{}, err
	}
	probs, ok, err := s.caller.Judge(ctx, p)
	if err != nil || !ok || len(probs) != 3 {
		return Grade{}, err
	}
	return Known(probs[0] + probs[1]/2), nil
}

// UsefulnessInput is an answer to grade for a question. LookUp is the last
// look-up of the question's plan, if it takes several: "the mayor of it".
type UsefulnessInput struct{ Question, Answer, LookUp string }

// GradeUsefulness grades whether the text answers the question, whether or
// not it is true. To a small model, what answers an inner part of a question
// answers the whole; it is asked about the last look-up by itself, too, and the
// grade is the product of both.
func (s *Steps) GradeUsefulness(ctx context.Context, in UsefulnessInput) (Grade, error) {
	return evaluated(ctx, prompts.NameGradeUsefulness, in, oneGrade, func(ctx context.Context) (Grade, error) {
		whole, err := s.yes(ctx, prompts.NameGradeUsefulness, in.Question, prompts.GradeUsefulness{Question: in.Question, Answer: in.Answer})
		if err != nil || in.LookUp == "" || !whole.Passes(s.cfg.Usefulness) {
			return whole, err
		}
		last, err := s.yes(ctx, prompts.NameGradeUsefulness, in.Question, prompts.GradeUsefulness{Question: in.LookUp, Answer: in.Answer})
		if err != nil || !last.Known {
			return last, err
		}
		return Known(whole.Value * last.Value), nil
	})
}

// SynthesisInput is what the final answer is written from.
type SynthesisInput struct {
	Question  string
	Passages  []retrieval.Passage
	Sentences []claim.Sentence // supported; their numbers index Passages
	OnToken   func(string)     // may be nil
}

// Synthesize writes one answer from supported sentences and their passages.
// Passages that the model's context has no room for are left out, the last
// first; the sentences stay, and may still be cited by their numbers.
func (s *Steps) Synthesize(ctx context.Context, in SynthesisInput) (Draft, error) {
	findings := make([]string, len(in.Sentences))
	for i, sentence := range in.Sentences {
		findings[i] = prompts.Data(sentence.Text)
		for _, p := range sentence.Passages {
			findings[i] += fmt.Sprintf(" [%d]", p+1)
		}
	}
	text, left, said, err := s.writeDraft(ctx, DraftInput{Question: in.Question, Passages: in.Passages, OnToken: in.OnToken},
		func(passages []prompts.Passage) (prompts.Prompt, error) {
			return s.Render(prompts.NameSynthesize, in.Question, prompts.Synthesize{
				Question: in.Question, Passages: passages, Drafts: findings,
			})
		})
	if err != nil {
		return Draft{}, err
	}
	return s.parse(in.Question, text, said, in.Passages, len(in.Passages)-left), nil
}

// Draft is an answer to a sub-question, split into sentences.
type Draft struct {
	claim.Draft
	// Dropped is how many of the passages, the last, were left out of the
	// prompt because the model's context had no room for them.
	Dropped int
}

// parse makes a draft of what a model wrote from passages, by a prompt with
// instructions of its own.
func (s *Steps) parse(question, written, instructions string, passages []retrieval.Passage, dropped int) Draft {
	d := claim.Parse(written, s.sources(question, passages))
	return Draft{claim.WithoutInstructions(d, instructions, passages), dropped}
}

// writeDraft writes an answer from as many of the passages as fit; said is the
// prompt's own instructions.
func (s *Steps) writeDraft(ctx context.Context, in DraftInput, render func([]prompts.Passage) (prompts.Prompt, error)) (text string, left int, said string, err error) {
	if in.OnToken == nil && trace.SpanFromContext(ctx).IsRecording() {
		in.OnToken = func(string) {} // streamed, so that the span tells when the first token came
	}
	left, err = call.Fitting(len(in.Passages), func(left int) error {
		p, err := render(numbered(in.Question, in.Passages[:left]))
		if err != nil {
			return err
		}
		said = instructions(p)
		text, err = s.caller.Sample(ctx, p, call.Sampling{
			MaxTokens: s.cfg.MaxAnswerTokens, Temperature: in.Temperature, Seed: in.Seed, OnToken: in.OnToken,
		})
		return err
	})
	return text, left, said, err
}

// Write has the model write free text for a prompt, greedily and in at most that
// many tokens, within the budget of the steps. A text that the limit ended loses
// its last, unfinished sentence. The error names the prompt.
func (s *Steps) Write(ctx context.Context, prompt prompts.Prompt, most int) (string, error) {
	return s.caller.Write(ctx, prompt, most)
}

// Grade asks the model for one of the labels of a prompt, within the budget of
// the steps, and grades P(first label) among them. The grade is unknown where the
// model gives none.
func (s *Steps) Grade(ctx context.Context, prompt prompts.Prompt) (Grade, error) {
	probs, ok, err := s.caller.Judge(ctx, prompt)
	if err != nil || !ok || len(probs) == 0 {
		return Grade{}, err
	}
	return Known(probs[0]), nil
}

// yes renders a prompt with labels and grades it: P(first label).
func (s *Steps) yes(ctx context.Context, name, question string, values any) (Grade, error) {
	p, err := s.Render(name, question, values)
	if err != nil {
		return Grade{}, err
	}
	return s.Grade(ctx, p)
}

// Render fills in a prompt in the language of the question; name is one of those
// of package prompts, and values its type there. Together with Write and Grade it
// is what a step of another package is made of.
func (s *Steps) Render(name, question string, values any) (prompts.Prompt, error) {
	return s.prompts.Render(name, text.Language(question), values)
}

// MessagesOf makes langchaingo messages of a rendered prompt.
func MessagesOf(p prompts.Prompt) []llms.MessageContent { return call.MessagesOf(p) }

func (s *Steps) timings(total time.Duration) Timings {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Timings{
		Embed:  Milliseconds(s.searched.Embed),
		Search: Milliseconds(s.searched.Search + s.lookUps.time()),
		Rerank: Milliseconds(s.searched.Rerank),
		LLM:    Milliseconds(s.caller.Took()),
		Total:  Milliseconds(total),
	}
}

// numbered are passages as a prompt shows them to who asks a question.
func numbered(question string, passages []retrieval.Passage) []prompts.Passage {
	out := make([]prompts.Passage, len(passages))
	for i, p := range passages {
		out[i] = prompts.Passage{N: i + 1, Title: p.Title, Text: writtenOut(question, p.Text)}
	}
	return out
}

package agent

import (
	"context"

	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
)

// queryKind is the reason for which a round asks something.
type queryKind int

const (
	noQuery    queryKind = iota
	asked                // the question as the user asked it
	apart                // the question taken apart into look-ups
	hop                  // the next look-up of the plan
	translated           // the question in the other language
	refined              // what the answer still lacks
)

// query is what a round asks.
type query struct {
	kind queryKind
	text string
	plan multihop.Plan // set for kind apart
}

// mostIdle is the number of consecutive rounds without a new find after which
// the agenda is done. Not measured.
const mostIdle = 2

// agenda decides what to ask next and when to stop.
type agenda struct {
	stopped   string // the reason to stop, once there is nothing more to ask
	done      map[queryKind]bool
	idle      int // consecutive rounds that found nothing new
	sentences int // number of supported sentences before the round
}

func newAgenda() *agenda { return &agenda{done: map[queryKind]bool{}} }

// next returns the query of a round. The first round asks the question itself.
// As long as nothing answers it, later rounds ask the look-ups that it consists
// of, the question in the other language, and what the model finds missing.
// next returns a query of kind noQuery when there is nothing more to ask.
func (a *agenda) next(ctx context.Context, r *iteration) (query, error) {
	a.sentences = len(r.sentences)
	q, err := a.choose(ctx, r)
	if err != nil {
		return query{}, err
	}
	if q.kind == noQuery {
		a.stopped = StoppedNothingNew
		if r.n == 0 {
			a.stopped = StoppedNoSearch
		}
		return q, nil
	}
	a.done[q.kind] = true
	r.ask(q.text)
	return q, nil
}

func (a *agenda) choose(ctx context.Context, r *iteration) (query, error) {
	if n, lookup := r.progress.Next(); n > 0 {
		return query{kind: hop, text: lookup}, nil
	}
	if more, err := r.shouldRetrieve(ctx); err != nil || !more {
		return query{}, err
	}
	if !a.done[asked] {
		return query{kind: asked, text: r.Question.Text}, nil
	}
	if !a.done[apart] && r.mayTakeSeveral() && (!r.across || !r.hopeless()) {
		a.done[apart] = true
		if plan, err := r.Steps.takeApart(ctx, r.Question.Text); err != nil || plan != nil {
			return query{apart, plan.String(), plan}, err
		}
	}
	if a.idle >= mostIdle || r.quotable(r.Config) != nil {
		return query{}, nil
	}
	if !a.done[translated] && r.mayBeForeign() {
		a.done[translated] = true
		text, err := r.Steps.translateQuery(ctx, prompts.TranslateQuery{Question: r.Question.Text})
		if err != nil || text != "" {
			return query{kind: translated, text: text}, err
		}
	}
	if r.hopeless() {
		return query{}, nil
	}
	text, err := r.Steps.RefineQuery(ctx, prompts.RefineQuery{Question: r.Question.Text, Known: r.known(), Asked: r.asked()})
	if err != nil || text == "" {
		return query{}, err
	}
	return query{kind: refined, text: text}, nil
}

// learn updates the agenda with the result of a round.
func (a *agenda) learn(q query, r *iteration) {
	switch {
	case len(r.sentences) > a.sentences:
		a.idle = 0
	case q.kind == asked || q.kind == refined:
		a.idle++
	}
}

// shouldRetrieve decides whether this round searches. The first round does,
// unless the caller allows an answer without documents. So does every round as
// long as no sentence is supported.
func (r *iteration) shouldRetrieve(ctx context.Context) (bool, error) {
	if r.n == 0 && !r.Config.NoSearchAllowed || r.n > 0 && len(r.sentences) == 0 {
		return true, nil
	}
	grade, err := r.Steps.ShouldRetrieve(ctx, prompts.ShouldRetrieve{Question: r.Question.Text, Known: r.known()})
	if err != nil {
		return false, err
	}
	// With an unknown grade the round searches: a needless search does less
	// harm than a missing one.
	more := !grade.Known || grade.Value > r.Config.Delta
	r.Emit(RetrieveDecided{Iteration: r.n, Grade: grade, Retrieve: more})
	return more, nil
}

// mayBeForeign reports whether the answer may be in a document of the other
// language that the search did not find. This is so if evidence was compared by
// words alone, because the embedder of such a search may know only one
// language.
func (r *iteration) mayBeForeign() bool {
	return len(r.sentences) == 0 && (r.evidence.WordsAlone || len(r.evidence.Sentences) == 0) && r.Config.uses(HeuristicTranslate)
}

// promises reports whether the evidence makes an answer likely enough to draft
// one. Without any evidence it returns true, because nothing speaks against a
// draft.
func (r *iteration) promises(seen evidence.Found) bool {
	return len(seen.Sentences) == 0 || seen.Answers >= r.Config.Promising || r.Config.Promising == NoThreshold
}

// hopeless reports whether the evidence for the question promises no answer.
// Asking in other words is then hardly worth a call.
func (r *iteration) hopeless() bool { return len(r.sentences) == 0 && !r.promises(r.evidence) }

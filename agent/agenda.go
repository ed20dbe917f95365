package agent

import (
	"context"

	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
)

// queryKind is the origin of the query that a round of the loop searches for.
type queryKind int

const (
	noQuery    queryKind = iota
	asked                // the question as the user asked it
	apart                // all look-ups (sub-questions) of a plan for the question
	hop                  // one look-up of the plan that is still unanswered
	translated           // the question in the other language
	refined              // the model's query for what the answer still lacks
)

// query is the text that a round searches for, with its origin.
type query struct {
	kind queryKind
	text string
	plan multihop.Plan // set for kind apart
}

// mostIdle is the maximum number of consecutive rounds that find nothing new.
// After so many rounds the loop stops. Not measured.
const mostIdle = 2

// agenda chooses what the next round searches for, and decides when to stop.
type agenda struct {
	stopped   string // the reason to stop, once there is nothing more to ask
	done      map[queryKind]bool
	idle      int // consecutive rounds that found nothing new
	sentences int // number of supported sentences before the round
}

func newAgenda() *agenda { return &agenda{done: map[queryKind]bool{}} }

// next returns the query of a round. The first round searches for the question
// itself. Later rounds, if its draft is not good enough, search for the look-ups
// of a plan, for the question in the other language, and for what the model says
// is missing. If nothing is left to search for, next returns a query
// of kind noQuery.
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

// shouldRetrieve reports whether this round searches for anything. The first
// round always searches, unless the caller allows an answer without documents.
// A later round always searches if no sentence is supported yet. In all other
// cases the model decides.
func (r *iteration) shouldRetrieve(ctx context.Context) (bool, error) {
	if r.n == 0 && !r.Config.NoSearchAllowed || r.n > 0 && len(r.sentences) == 0 {
		return true, nil
	}
	grade, err := r.Steps.ShouldRetrieve(ctx, prompts.ShouldRetrieve{Question: r.Question.Text, Known: r.known()})
	if err != nil {
		return false, err
	}
	// If the grade is unknown, the round searches, because a needless search
	// does less harm than a missing one.
	more := !grade.Known || grade.Value > r.Config.Delta
	r.Emit(RetrieveDecided{Iteration: r.n, Grade: grade, Retrieve: more})
	return more, nil
}

// mayBeForeign reports whether the answer may be in a document of the other
// language (English or Korean) that the search did not find. It returns true if
// no sentence is supported and the search either found no evidence or compared
// words alone, without an encoder.
func (r *iteration) mayBeForeign() bool {
	return len(r.sentences) == 0 && (r.evidence.WordsAlone || len(r.evidence.Sentences) == 0) && r.Config.uses(HeuristicTranslate)
}

// promises reports whether the evidence makes an answer likely enough to draft
// one. If there is no evidence at all, for example because the evidence finder
// failed, it returns true.
func (r *iteration) promises(seen evidence.Found) bool {
	return len(seen.Sentences) == 0 || seen.Answers >= r.Config.Promising || r.Config.Promising == NoThreshold
}

// hopeless reports whether no sentence is supported and the evidence for the
// question makes an answer unlikely. If it returns true, a model call for
// another query is hardly worth its cost.
func (r *iteration) hopeless() bool { return len(r.sentences) == 0 && !r.promises(r.evidence) }

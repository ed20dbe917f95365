package agent

import (
	"context"

	"selfrag/agent/multihop"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
)

// queryKind is why something is asked.
type queryKind int

const (
	noQuery    queryKind = iota
	asked                // the question as it was asked
	apart                // the question taken apart into look-ups
	hop                  // the next look-up of the plan
	translated           // the question in the other language
	refined              // what is still missing
)

// query is what a round asks.
type query struct {
	kind queryKind
	text string
	plan multihop.Plan // of apart
}

// mostIdle is after how many rounds in a row that found nothing new the agenda is
// done. Not measured.
const mostIdle = 2

// agenda is what to ask next, and why to stop.
type agenda struct {
	stopped   string // why it has nothing more to ask
	done      map[queryKind]bool
	idle      int // rounds in a row that found nothing new
	sentences int // supported before the round
}

func newAgenda() *agenda { return &agenda{done: map[queryKind]bool{}} }

// next is what a round asks: the question; then, as long as nothing answers it,
// the look-ups that it is made of, the question in the other language, and what
// the model finds missing. Nothing where there is no more to ask.
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

// learn takes in what the round found.
func (a *agenda) learn(q query, r *iteration) {
	switch {
	case len(r.sentences) > a.sentences:
		a.idle = 0
	case q.kind == asked || q.kind == refined:
		a.idle++
	}
}

// shouldRetrieve decides whether this round searches. The first one does
// unless the caller allows an answer without documents; so does one after a
// round that supported nothing.
func (r *iteration) shouldRetrieve(ctx context.Context) (bool, error) {
	if r.n == 0 && !r.Config.NoSearchAllowed || r.n > 0 && len(r.sentences) == 0 {
		return true, nil
	}
	grade, err := r.Steps.ShouldRetrieve(ctx, prompts.ShouldRetrieve{Question: r.Question.Text, Known: r.known()})
	if err != nil {
		return false, err
	}
	// An unknown grade searches: a search too many is the lesser harm.
	more := !grade.Known || grade.Value > r.Config.Delta
	r.Emit(RetrieveDecided{Iteration: r.n, Grade: grade, Retrieve: more})
	return more, nil
}

// mayBeForeign reports whether the answer may stand in a document of the other
// language that the search did not find: where words alone were compared, by a
// search whose embedder may know one language.
func (r *iteration) mayBeForeign() bool {
	return len(r.sentences) == 0 && (r.evidence.WordsAlone || len(r.evidence.Sentences) == 0) && r.Config.uses(HeuristicTranslate)
}

// promises reports whether evidence makes an answer likely enough to draft one.
// Where nothing is known of it, it does.
func (r *iteration) promises(seen evidence.Found) bool {
	return len(seen.Sentences) == 0 || seen.Answers >= r.Config.Promising || r.Config.Promising == NoThreshold
}

// hopeless reports whether the evidence for the question promises no answer, so
// that other words for it are hardly worth a call.
func (r *iteration) hopeless() bool { return len(r.sentences) == 0 && !r.promises(r.evidence) }

package agent

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/internal/span"
	"selfrag/agent/internal/stop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Extractive answers with the sentences of the documents themselves, word for
// word, and asks no language model: one search, the evidence in what it found,
// and the best of it, or the answer that the documents do not tell.
//
// Method: extractive question answering by sentence selection; whether there is
// an answer at all is a calibrated probability (package evidence).
type Extractive struct{}

// Name is "extractive".
func (Extractive) Name() string { return "extractive" }

const (
	// mostExtracted is how many sentences an answer holds. Not measured.
	mostExtracted = 3
	// leastOfBest is the share of the best sentence's probability that another
	// one needs to join it. Not measured.
	leastOfBest = 0.5
	// leastOnePlace is the P(one place tells all) below which a sentence is no
	// answer, however well it meets the question: it answers a part. Chosen on the
	// handbook, where it takes away answers to questions of several look-ups, all
	// wrong, and none of the right ones.
	leastOnePlace = 0.4
)

// Run searches once and quotes.
func (Extractive) Run(ctx context.Context, t *Turn) (Answer, error) {
	ctx = span.InRound(ctx, 0)
	e := &gathered{}
	a := Answer{Citations: []Citation{}, StoppedBy: StoppedSinglePass}
	err := extract(ctx, t, e, &a)
	if what, isSpent := stop.Spent(err); isSpent {
		a.StoppedBy = what
	} else if err != nil {
		return Answer{}, err
	}
	a.Iterations, a.Degraded, a.Ranking = e.iterations, e.degraded, e.pool.Ranking()
	if a.Text == "" {
		a.abstain(t.Language, e)
	}
	return a, nil
}

// extract is the one round. Without evidence there is no answer, so a finder
// that fails is an error here.
func extract(ctx context.Context, t *Turn, e *gathered, a *Answer) error {
	query := t.Question.Text
	it, end := e.begin(t, query)
	defer end()
	found, err := t.Steps.Search(ctx, query)
	if err != nil {
		return err
	}
	t.Emit(Searched{Result: found})
	it.Passages = ungraded(found.Passages)
	seen, err := t.Steps.Evidence(ctx, query, found)
	if err != nil {
		return err
	}
	t.Emit(EvidenceFound{Found: seen})
	e.saw(found, seen, "")
	it.Usefulness = Known(seen.Answers)
	if len(seen.Sentences) == 0 || seen.Answers < t.Config.Answerable || seen.OnePlace < leastOnePlace && t.Config.Answerable != NoThreshold {
		t.Emit(Drafted{Draft: Draft{Draft: claim.Draft{NotFound: true}}})
		return nil
	}
	chosen := extracted(seen.Sentences, t.Config.Answerable)
	shown := make([]string, len(chosen))
	for i, s := range chosen {
		shown[i] = shownOf(s)
	}
	a.Citations = quoted(chosen)
	a.Text = numberedText(shown)
	it.Draft = a.Text
	emitQuotes(t, shown, chosen, found.Passages)
	return nil
}

// extracted are the best sentence and those that join it: nearly as likely to
// answer, and saying something that the ones before do not.
func extracted(sentences []evidence.Sentence, least float64) []evidence.Sentence {
	var out []evidence.Sentence
	for i, s := range sentences {
		if len(out) == mostExtracted || i > 0 && (s.Answers < least || s.Answers < leastOfBest*sentences[0].Answers) {
			break // they come best first
		}
		if !repeats(out, s.Text) {
			out = append(out, s)
		}
	}
	return out
}

// repeats reports whether one of the sentences says what a text says, or the
// text says what one of them does.
func repeats(sentences []evidence.Sentence, s string) bool {
	s = text.Normalise(s)
	for _, other := range sentences {
		said := text.Normalise(other.Text)
		if strings.Contains(said, s) || strings.Contains(s, said) {
			return true
		}
	}
	return false
}

// emitQuotes tells the answer in the events of a draft.
func emitQuotes(t *Turn, shown []string, chosen []evidence.Sentence, passages []retrieval.Passage) {
	at := map[string]int{}
	for i, p := range passages {
		at[p.ID] = i
	}
	draft := claim.Draft{Text: strings.Join(shown, " ")}
	piece := t.pieces(func(s string) Event { return DraftDelta{Text: s} })
	for i, s := range shown {
		if piece != nil {
			piece(strings.Repeat(" ", min(i, 1)) + s)
		}
		draft.Sentences = append(draft.Sentences, claim.Sentence{Text: s, Passages: []int{at[chosen[i].Passage]}})
	}
	t.Emit(Drafted{Draft: Draft{Draft: draft}})
}

// numberedText is sentences, each followed by the number of its citation. What
// is no sentence, such as a row of a table, has a line of its own.
func numberedText(shown []string) string {
	var b strings.Builder
	for i, s := range shown {
		if i > 0 {
			if isSentence(s) && isSentence(shown[i-1]) {
				b.WriteString(" ")
			} else {
				b.WriteString("\n")
			}
		}
		fmt.Fprintf(&b, "%s [%d]", s, i+1)
	}
	return b.String()
}

var (
	// sentenceEnd ends a sentence, before quotation marks and brackets.
	sentenceEnd = regexp.MustCompile(`[.!?…。！？]["')\]”’»›」』）]*$`)
)

func isSentence(s string) bool { return sentenceEnd.MatchString(s) }

// shownOf is how an answer shows a sentence: on one line, without what makes it
// an item of a list or a row of a table, nor any mark that a reader would take
// for a citation. A row stands behind the headings that say what it is a row of.
func shownOf(s evidence.Sentence) string {
	_, isRow := s.Metadata[retrieval.Row]
	if strings.Contains(s.Text, "|") {
		return shownRow(s)
	}
	shown := strings.TrimSpace(text.TrimListMark(strings.TrimSpace(claim.WithoutMarks(s.Text))))
	if isRow {
		shown = strings.ReplaceAll(shown, "\n", "; ")
	}
	shown = strings.Join(strings.Fields(shown), " ")
	if isRow {
		shown = under(s, shown)
	}
	return shown
}

// shownRow is a row of a table, each cell behind its header. A row without
// headers stands behind the headings that say what it is a row of.
func shownRow(s evidence.Sentence) string {
	cells, headers := evidence.Cells(claim.WithoutMarks(s.Text)), evidence.Cells(claim.WithoutMarks(s.Header))
	if s.Header == "" || len(cells) != len(headers) {
		return under(s, strings.Join(cells, " | "))
	}
	var parts []string
	for i, cell := range cells {
		switch {
		case cell == "":
		case headers[i] == "":
			parts = append(parts, cell)
		default:
			parts = append(parts, headers[i]+": "+cell)
		}
	}
	return strings.Join(parts, "; ")
}

// under puts what a sentence stands under before it.
func under(s evidence.Sentence, shown string) string {
	heading := strings.Join(strings.Fields(claim.WithoutMarks(s.Heading)), " ")
	if heading == "" {
		return shown
	}
	return heading + ": " + shown
}

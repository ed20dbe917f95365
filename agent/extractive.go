package agent

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"selfrag/agent/claim"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Extractive answers with sentences of the documents, word for word, and asks
// no language model. It searches once and quotes the best evidence, or
// abstains.
//
// Method: extractive question answering by sentence selection. A calibrated
// probability decides whether there is an answer at all (package evidence).
type Extractive struct{}

// Name is "extractive".
func (Extractive) Name() string { return "extractive" }

const (
	// mostExtracted is the maximum number of sentences in an answer. Not
	// measured.
	mostExtracted = 3
	// leastOfBest is a share of the best sentence's probability. A further
	// sentence is quoted only if its probability is at least that share. Not
	// measured.
	leastOfBest = 0.5
	// leastOnePlace is the minimum P(one place answers the whole question) for
	// an answer. Below it, even the best sentence answers only a part of the
	// question. Chosen on the questions about the demo's documents (the
	// handbook). There the limit removes wrong answers to questions that take
	// several look-ups, and no right answers.
	leastOnePlace = 0.4
)

// Run searches once and quotes. Without evidence there is no answer, so a
// failing evidence finder is an error here.
func (Extractive) Run(ctx context.Context, t *Turn) (Answer, error) {
	return t.once(ctx, func(ctx context.Context, r *iteration, a *Answer) error {
		found, err := t.Steps.Search(ctx, t.Question.Text)
		if err != nil {
			return err
		}
		r.Emit(Searched{Result: found})
		r.record.Passages = ungraded(found.Passages)
		seen, err := t.Steps.Evidence(ctx, t.Question.Text, found)
		if err != nil {
			return err
		}
		r.Emit(EvidenceFound{Found: seen})
		r.saw(found, seen, "")
		r.record.Usefulness = Known(seen.Answers)
		chosen := r.extracted(t.Config, t.Config.Answerable)
		if len(chosen) == 0 {
			r.Emit(Drafted{Draft: Draft{Draft: claim.Draft{NotFound: true}}})
			return nil
		}
		a.Text, a.Citations = extract(chosen)
		r.record.Draft = a.Text
		emitQuotes(t, chosen, found.Passages)
		return nil
	})
}

// extracted returns the sentences of the evidence that answer the question. It
// returns none if P(answers) is below the threshold, or if one place in the
// documents likely answers only a part of the question.
func (n *notes) extracted(cfg Config, threshold float64) []evidence.Sentence {
	seen := n.evidence
	if len(seen.Sentences) == 0 || seen.Answers < threshold || seen.OnePlace < leastOnePlace && cfg.Answerable != NoThreshold {
		return nil
	}
	return best(seen.Sentences, cfg.Answerable)
}

// extract makes the text of an answer from sentences, word for word, with their
// citations.
func extract(chosen []evidence.Sentence) (string, []Citation) {
	shown := make([]string, len(chosen))
	for i, s := range chosen {
		shown[i] = shownOf(s)
	}
	return numberedText(shown), quoted(chosen)
}

// best returns the best sentence and further sentences, best first. A further
// sentence must be nearly as likely to answer the question (leastOfBest, least)
// and must not repeat a sentence before it.
func best(sentences []evidence.Sentence, least float64) []evidence.Sentence {
	var out []evidence.Sentence
	for i, s := range sentences {
		if len(out) == mostExtracted || i > 0 && (s.Answers < least || s.Answers < leastOfBest*sentences[0].Answers) {
			break // sorted, best first
		}
		if !repeats(out, s.Text) {
			out = append(out, s)
		}
	}
	return out
}

// repeats reports whether s contains one of the sentences, or one of them
// contains s.
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

// emitQuotes emits the quoted sentences as the events of a draft.
func emitQuotes(t *Turn, chosen []evidence.Sentence, passages []retrieval.Passage) {
	at := map[string]int{}
	for i, p := range passages {
		at[p.ID] = i
	}
	var draft claim.Draft
	piece := t.pieces(func(s string) Event { return DraftDelta{Text: s} })
	for i, s := range chosen {
		shown := strings.Repeat(" ", min(i, 1)) + shownOf(s)
		if piece != nil {
			piece(shown)
		}
		draft.Text += shown
		draft.Sentences = append(draft.Sentences, claim.Sentence{Text: shownOf(s), Passages: []int{at[s.Passage]}})
	}
	t.Emit(Drafted{Draft: Draft{Draft: draft}})
}

// numberedText returns the sentences, each followed by the number of its
// citation. A text that is not a sentence, such as a row of a table, gets a
// line of its own.
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

// sentenceEnd matches the end of a sentence, with closing quotation marks and
// brackets.
var sentenceEnd = regexp.MustCompile(`[.!?…。！？]["')\]”’»›」』）]*$`)

func isSentence(s string) bool { return sentenceEnd.MatchString(s) }

// shownOf returns a sentence in the form that an answer shows. The sentence is
// on one line, without list or table marks, and without anything that a reader
// would take for a citation. A row of a table comes after the headings that say
// what it is about.
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

// shownRow returns a row of a table with each cell after its header. A row
// without headers comes after the headings that say what it is about.
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

// under puts the heading of a sentence in front of it.
func under(s evidence.Sentence, shown string) string {
	heading := strings.Join(strings.Fields(claim.WithoutMarks(s.Heading)), " ")
	if heading == "" {
		return shown
	}
	return heading + ": " + shown
}

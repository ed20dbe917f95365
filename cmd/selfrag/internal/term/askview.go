package term

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"

	"selfrag/agent"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Steps prints the steps of a turn while they happen: sub-queries, passages
// kept and dropped with their grades, drafts and support.
type Steps struct {
	w       io.Writer
	style   Style
	columns int
	quiet   bool
	draft   draftView
}

// NewSteps returns a view that prints the steps of a turn one below the other.
// A quiet view prints nothing.
func NewSteps(w io.Writer, quiet bool) *Steps {
	v := &Steps{w: w, style: StyleFor(w), columns: Columns(w), quiet: quiet, draft: draftView{w: w}}
	if Redrawable(w) {
		v.draft.over = newArea(w)
	}
	return v
}

// Show prints an event of the turn.
func (v *Steps) Show(e agent.Event) {
	if v.quiet {
		return
	}
	switch e := e.(type) {
	case agent.Started:
		v.draft.language = text.Language(e.Question)
		v.line("%s %s", v.style.bold("?"), v.style.bold(e.Question))
	case agent.ConversationSummarized:
		v.line("  summarize        %s", Printable(e.Summary))
	case agent.QuestionResolved:
		if e.Standalone != e.Original {
			v.line("  standalone       %s", Printable(e.Standalone))
		}
	case agent.RetrieveDecided:
		v.line("  should-retrieve  %s: %s", e.Grade, map[bool]string{true: "search", false: "enough"}[e.Retrieve])
	case agent.StrategyChosen:
		v.line("  strategy         %s (several look-ups %s)", e.Strategy, e.Several)
	case agent.Planned:
		for i, sub := range e.Plan {
			v.line("  plan             #%d %s", i+1, v.excerpt(22, "", sub))
		}
		for _, path := range e.Paths {
			v.line("  trail            %s", v.excerpt(19, "", strings.Join(path.Queries, " → ")))
		}
	case agent.NodeExpanded:
		v.line("  node %-3d         %s from %d, reward %.2f", e.Node, e.Action, max(0, e.Parent), e.Reward)
	case agent.QueryRefined:
		v.line("  %s %s", v.style.bold(fmt.Sprintf("round %d", e.Iteration+1)), Printable(e.Query))
	case agent.Searched:
		v.line("  search           %d passages in %d ms", len(e.Result.Passages), e.Result.Timings.Total.Milliseconds())
		if e.Result.Degraded != "" {
			v.line("  %s", v.style.Bad(e.Result.Degraded))
		}
	case agent.EvidenceFound:
		if len(e.Found.Sentences) > 0 {
			best := e.Found.Sentences[0]
			source := " (" + Printable(path.Base(best.Source)) + ")"
			label := uniseg.StringWidth("  evidence         0.00 “”" + source)
			v.line("  evidence         %.2f “%s”%s", e.Found.Answers, v.excerpt(min(label, v.columns-leastExcerpt), "", best.Text), source)
		}
	case agent.RelevanceGraded:
		mark := v.style.Bad("drop")
		if e.Kept {
			mark = v.style.Good("keep")
		}
		v.line("  grade-relevance  %s %s  %s", mark, e.Grade, v.excerpt(31, e.Passage.Source, e.Passage.Text))
	case agent.DraftDelta:
		v.draft.add("  draft            ", e.Text)
	case agent.Drafted:
		v.draft.complete(e.Draft)
	case agent.SupportGraded:
		v.supported(e)
	case agent.UsefulnessGraded:
		v.line("  usefulness       %s", e.Grade)
	case agent.IterationEnded:
		v.End()
		if e.Iteration.Graded() {
			v.line("  score            %.2f", e.Score)
		}
	case agent.SynthesisDelta:
		v.draft.add("  synthesize       ", e.Text)
	case agent.Answered:
		v.End()
		u := e.Answer.Usage
		v.line("  %s", v.style.dim(fmt.Sprintf("stopped by %s; %d LLM calls, %d + %d tokens, %.1f s",
			e.Answer.StoppedBy, u.Calls, u.PromptTokens, u.CompletionTokens, e.Answer.Timings.Total/1000)))
	}
}

func (v *Steps) supported(e agent.SupportGraded) {
	said, mark := "not supported "+e.Sentence.Support.String(), v.style.Bad
	if why := refusal(e.Sentence); why != "" {
		said = Printable(why)
	} else if e.Kept {
		said, mark = "supported "+e.Sentence.Support.String(), v.style.Good
	}
	label := uniseg.StringWidth("  grade-support      " + said)
	v.line("  grade-support    %s  %s", mark(said), v.excerpt(min(label, v.columns-leastExcerpt), "", e.Sentence.Text))
}

// leastExcerpt is the minimum width of a sentence's excerpt in columns, however
// long the reason in front of it is.
const leastExcerpt = 30

// refusal returns the reason why a rule of package claim refutes a sentence, in
// the language of the sentence, such as "refused: no passage it cites holds
// 1300". It returns "" if no rule refutes the sentence.
func refusal(s agent.Sentence) string {
	v := s.Support.Refuted()
	if v == nil {
		return ""
	}
	language := text.Language(s.Text)
	return map[string]string{"en": "refused: ", "ko": "거부: "}[language] + v.Because(language)
}

// End ends the line of a draft in progress.
func (v *Steps) End() { v.draft.end() }

func (v *Steps) line(format string, args ...any) {
	v.End()
	fmt.Fprintf(v.w, format+"\n", args...)
}

// PrintAnswer prints the answer and its numbered citations with their quotes.
func PrintAnswer(w io.Writer, a agent.Answer) error {
	var b strings.Builder
	b.WriteString("\n" + Printable(a.Text) + "\n")
	WriteCitations(&b, a.Citations)
	b.WriteString("\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteCitations lists citations with their places, their quotes and the fields
// of their documents.
func WriteCitations(b *strings.Builder, citations []agent.Citation) {
	for _, c := range citations {
		fmt.Fprintf(b, "\n[%d] %s  %s[%d:%d]%s\n    “%s”\n", c.N, Printable(cmp.Or(c.Title, c.Source)), Printable(c.Source), c.Start, c.End, Place(c.Metadata),
			strings.ReplaceAll(Printable(cut(c.Quote)), "\n", "\n    "))
		if fields := Fields(retrieval.Fields(c.Metadata)); len(fields) > 0 {
			b.WriteString("    " + strings.Join(fields, " · ") + "\n")
		}
	}
}

// longestQuote is the number of runes up to which a quote is shown whole. A longer
// one is usually a section, whose words are in the answer.
const longestQuote = 240

// cut returns the beginning of a long quote.
func cut(quote string) string {
	runes := []rune(quote)
	if len(runes) <= longestQuote {
		return quote
	}
	short := strings.TrimRightFunc(string(runes[:longestQuote/2]), func(r rune) bool { return !unicode.IsSpace(r) })
	return cmp.Or(strings.TrimSpace(short), string(runes[:longestQuote/2])) + " …"
}

// excerpt returns the beginning of a text as one line that fits the terminal
// after a label of the given width.
func (v *Steps) excerpt(label int, source, text string) string {
	text = OneLine(text)
	if source != "" {
		text = Printable(source) + ": " + text
	}
	return clip(text, v.columns-label)
}

// clip cuts a text to the given number of columns. A Korean letter takes two.
func clip(text string, columns int) string {
	if uniseg.StringWidth(text) <= columns {
		return text
	}
	width, end := 1, 0 // one column for the ellipsis
	for clusters := uniseg.NewGraphemes(text); clusters.Next(); {
		if width += clusters.Width(); width > columns {
			break
		}
		_, end = clusters.Positions()
	}
	return text[:end] + "…"
}

// OneLine returns a text as one line without control characters.
func OneLine(text string) string { return strings.Join(strings.Fields(Printable(text)), " ") }

// Printable removes control characters, because a document could use them to
// take over the terminal.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unsafe(r) {
			return -1
		}
		return r
	}, s)
}

// bidiControl reports whether r reorders the text around it.
func bidiControl(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

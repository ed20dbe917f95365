package conversation

import (
	"context"
	"strings"

	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// summaryTokens bounds the notes: Config.SummaryRunes cuts them further. Not
// measured.
const summaryTokens = 200

// Summarize writes the notes of a conversation. Sentences that hold a number
// or a name that was not said are left out; so are all where the language is
// another one. When nothing is left, the notes are those so far and the
// questions that were asked since; so they are without a model.
func Summarize(ctx context.Context, m Model, in prompts.Summarize) (string, error) {
	if m == nil {
		return plainNotes(in), nil
	}
	turns := strings.Join(in.Turns, "\n")
	p, err := m.Render(prompts.NameSummarize, turns, in)
	if err != nil {
		return "", err
	}
	written, err := m.Write(ctx, p, call.Sampling{MaxTokens: summaryTokens})
	if err != nil {
		return "", err
	}
	if text.Language(written) == text.Language(turns) {
		if kept := saidOnly(written, in.Summary+"\n"+turns); kept != "" {
			return kept, nil
		}
	}
	return plainNotes(in), nil
}

// saidOnly keeps the sentences of a summary whose numbers and names were said.
func saidOnly(summary, said string) string {
	runes := []rune(summary)
	var kept []string
	for _, span := range text.TrimmedSentences(runes) {
		sentence := string(runes[span.Start:span.End])
		if len(text.Keywords(sentence)) > 0 && holdsFacts(said, sentence) {
			kept = append(kept, sentence)
		}
	}
	return strings.Join(kept, " ")
}

// plainNotes are notes that need no model: those so far, and the questions
// asked since, the latest first, so that a cut takes the oldest.
func plainNotes(in prompts.Summarize) string {
	var out []string
	for _, turn := range in.Turns {
		if asked, ok := strings.CutPrefix(turn, "User: "); ok {
			out = append([]string{asked}, out...)
		}
	}
	if in.Summary != "" {
		out = append(out, in.Summary)
	}
	return strings.Join(out, " ")
}

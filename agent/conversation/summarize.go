package conversation

import (
	"context"
	"strings"

	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// summaryTokens is the token limit of the model call for a summary. The summary
// is then cut to Config.SummaryRunes. Not measured.
const summaryTokens = 200

// Summarize returns a summary of a conversation, written by the model. It drops
// sentences with a number or name that is not in the conversation, and drops
// all sentences if they are in another language than the conversation. If
// nothing is left, or without a model, it returns the previous summary with the
// questions asked since then.
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

// saidOnly returns the sentences of a summary whose numbers and names are all
// in said, which is the text of the conversation.
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

// plainNotes returns a summary made without a model. It consists of the
// questions asked since the previous summary, the latest first, and then the
// previous summary. In this order, shortening drops the oldest text.
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

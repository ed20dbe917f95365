package langchain_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
	"selfrag/prompts/promptstest"
	"selfrag/retrieval/text"
)

// reader is a model that follows rules. It answers with the line of the passages
// that shares most words with the question, and grades by the words that two texts
// share. So its answers depend on the question and are sometimes right, in both
// languages.
type reader struct{}

func (reader) GenerateContent(ctx context.Context, messages []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	asked := last(messages)
	reply := nextQuery(asked)
	switch in := passagesIn(asked); {
	case isPrompt(messages, prompts.NameSynthesize):
		reply = findingsIn(asked)
	case len(in) > 0 && isPrompt(messages, prompts.NameAnswerStep):
		reply = valueOf(best(in, questionIn(asked)))
	case len(in) > 0:
		if at := best(in, questionIn(asked)); at.share > 0 {
			reply = fmt.Sprintf("%s [%d]", at.text, at.passage)
		} else {
			reply = "NOT FOUND"
		}
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: reply}}}, ctx.Err()
}

func (m reader) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

// NextToken gives Yes the share of the last line's words that are in the lines
// before it. It gives each passage, and none of them, a probability by its
// share of the question's words.
func (reader) NextToken(ctx context.Context, messages []llms.MessageContent) (map[string]float64, int, error) {
	asked := last(messages)
	if in := passagesIn(asked); len(in) > 0 {
		next := map[string]float64{"0": 0.2}
		for _, line := range in {
			n := fmt.Sprint(line.passage)
			next[n] = max(next[n], text.Share(text.Keywords(questionIn(asked)), text.Keywords(line.text)))
		}
		return next, 100, ctx.Err()
	}
	at := strings.LastIndex(asked, "\n")
	yes := text.Share(text.Keywords(asked[at+1:]), text.Keywords(asked[:max(at, 0)]))
	return map[string]float64{"Yes": yes, "No": 1 - yes}, 100, ctx.Err()
}

// last returns the text of the last message of a prompt.
func last(messages []llms.MessageContent) string {
	return messages[len(messages)-1].Parts[0].(llms.TextContent).Text
}

// promptNames recognises the prompts that a reader is sent.
var promptNames = sync.OnceValues(promptstest.New)

// isPrompt reports whether messages are the prompt of that name.
func isPrompt(messages []llms.MessageContent, name string) bool {
	names, err := promptNames()
	return err == nil && names.Of(textOf(messages)) == name
}

// line is a line of a numbered passage with its share of the question's words.
type line struct {
	passage int
	text    string
	share   float64
}

var numbered = regexp.MustCompile(`^\[(\d)\]`)

// passagesIn returns the lines of the numbered passages of a prompt.
func passagesIn(asked string) []line {
	var lines []line
	passage := 0
	for l := range strings.Lines(asked) {
		l = strings.TrimSpace(l)
		switch m := numbered.FindStringSubmatch(l); {
		case m != nil:
			passage = int(m[1][0] - '0')
		case strings.HasPrefix(l, "Findings, with") || questionOf(l) != "":
			return lines
		case passage > 0 && l != "":
			lines = append(lines, line{passage: passage, text: l})
		}
	}
	return lines
}

func questionOf(l string) string {
	for _, label := range []string{"Question: ", "질문: "} {
		if q, ok := strings.CutPrefix(l, label); ok {
			return strings.TrimSpace(q)
		}
	}
	return ""
}

func questionIn(asked string) (question string) {
	for l := range strings.Lines(asked) {
		if q := questionOf(l); q != "" {
			question = q
		}
	}
	return question
}

func best(lines []line, question string) line {
	of := lines[0]
	for _, l := range lines {
		if l.share = text.Share(text.Keywords(question), text.Keywords(l.text)); l.share > of.share {
			of = l
		}
	}
	return of
}

var amount = regexp.MustCompile(`(?:[A-Z]{3} )?\d[\d,.]*\p{Hangul}*`)

// valueOf returns the first number of a line, or its first name. It returns NOT
// FOUND for a line that has neither, or that shares few words with the
// question.
func valueOf(l line) string {
	names := text.Names(l.text)
	switch number := amount.FindString(l.text); {
	case l.share < 0.3:
		return "NOT FOUND"
	case number != "":
		return number
	case len(names) > 0:
		return names[0]
	}
	return l.text
}

// findingsIn returns the first two findings of a prompt unchanged.
func findingsIn(asked string) string {
	_, after, _ := strings.Cut(asked, "\nFindings, with")
	var found []string
	for l := range strings.Lines(after) {
		if f, ok := strings.CutPrefix(l, "- "); ok && len(found) < 2 {
			found = append(found, strings.TrimSpace(f))
		}
	}
	return strings.Join(found, "\n")
}

// nextQuery returns the question without its first words, one more each time.
func nextQuery(asked string) string {
	words := strings.Fields(questionIn(asked))
	for i := 1; i < len(words); i++ {
		if query := strings.Join(words[i:], " "); !strings.Contains(asked, "\n- "+query+"\n") {
			return query
		}
	}
	return ""
}

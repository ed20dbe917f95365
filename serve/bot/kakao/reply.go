package kakao

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf16"

	"selfrag/agent"
	"selfrag/serve/bot"
)

// Kakao's limits for one reply.
const (
	maxText    = 1000 // of a bubble, in UTF-16 units
	maxBubbles = 3
	maxQuote   = 150
)

// response is a reply (SkillResponse), sent at once or by callback.
type response struct {
	Version     string            `json:"version"`
	UseCallback bool              `json:"useCallback,omitempty"`
	Data        map[string]string `json:"data,omitempty"` // for the waiting message of the block
	Template    *template         `json:"template,omitempty"`
}

type template struct {
	Outputs      []output     `json:"outputs"`
	QuickReplies []quickReply `json:"quickReplies,omitempty"`
}

type output struct {
	SimpleText simpleText `json:"simpleText"`
}

type simpleText struct {
	Text string `json:"text"`
}

// quickReply is a button that sends a message as the user.
type quickReply struct {
	Label       string `json:"label"` // at most 14 characters
	Action      string `json:"action"`
	MessageText string `json:"messageText"`
}

// coming returns the reply that announces a callback.
func coming(say words) response {
	return response{Version: "2.0", UseCallback: true, Data: map[string]string{"text": say.coming}}
}

func plain(text string) response { return bubbles(text) }

// answered returns the reply for an answer, with a button for its sources.
func answered(a agent.Answer) response {
	r := bubbles(bot.WithNote(a))
	if label := wordsFor(a.Question).sources; len(a.Citations) > 0 {
		r.Template.QuickReplies = []quickReply{{label, "message", label}}
	}
	return r
}

// sources returns the reply that lists the citations of an answer.
func sources(a agent.Answer) response {
	if len(a.Citations) == 0 {
		return plain(wordsFor(a.Question).noSources)
	}
	var lines []string
	for _, c := range a.Citations {
		quote := []rune(strings.Join(strings.Fields(c.Quote), " "))
		if len(quote) > maxQuote {
			quote = append(quote[:maxQuote-1], '…')
		}
		lines = append(lines, fmt.Sprintf("[%d] %s\n“%s”", c.N, cmp.Or(c.Title, c.Source), string(quote)))
	}
	return bubbles(strings.Join(lines, "\n\n"))
}

// bubbles divides a text into as many bubbles as it needs, up to the limit.
func bubbles(text string) response {
	r := response{Version: "2.0", Template: &template{}}
	for part := range parts(text) {
		r.Template.Outputs = append(r.Template.Outputs, output{simpleText{part}})
	}
	return r
}

// parts cuts a text at the ends of sentences or words. Text beyond the last
// bubble is left out, and an ellipsis marks that.
func parts(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		rest := []rune(strings.TrimSpace(text))
		for n := 1; n <= maxBubbles; n++ {
			fits := fitting(rest)
			if fits == len(rest) || n == maxBubbles {
				last := string(rest[:fits])
				if fits < len(rest) {
					last = string(rest[:fits-1]) + "…"
				}
				yield(cmp.Or(strings.TrimSpace(last), "…")) // a bubble must not be empty
				return
			}
			at := boundary(rest[:fits])
			if !yield(strings.TrimSpace(string(rest[:at]))) {
				return
			}
			rest = []rune(strings.TrimSpace(string(rest[at:])))
		}
	}
}

// fitting returns how many runes fit into a bubble.
func fitting(text []rune) int {
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > maxText {
			return i
		}
	}
	return len(text)
}

// boundary returns the place to cut: after a sentence, or else after a word, or
// else at the end.
func boundary(text []rune) int {
	for _, ends := range []string{"\n", ".?!。]", " "} {
		for i := len(text) - 1; i > len(text)/2; i-- {
			if strings.ContainsRune(ends, text[i-1]) && (ends != ".?!。]" || i == len(text) || text[i] == ' ' || text[i] == '\n') {
				return i
			}
		}
	}
	return len(text)
}

package main

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf16"

	"selfrag/agent"
	"selfrag/examples/chatbot"
)

// What Kakao takes in one reply.
const (
	maxText    = 1000 // of a bubble, in UTF-16 units at most
	maxBubbles = 3
	maxQuote   = 150
)

// response is a reply (SkillResponse), at once or by callback.
type response struct {
	Version     string            `json:"version"`
	UseCallback bool              `json:"useCallback,omitempty"`
	Data        map[string]string `json:"data,omitempty"` // for the block's own waiting message
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

// quickReply is a button that says something in the user's name.
type quickReply struct {
	Label       string `json:"label"` // 14 characters at most
	Action      string `json:"action"`
	MessageText string `json:"messageText"`
}

// coming says that the answer comes by callback.
func coming(say words) response {
	return response{Version: "2.0", UseCallback: true, Data: map[string]string{"text": say.coming}}
}

func plain(text string) response { return bubbles(text) }

// answered is an answer with a button for its sources.
func answered(a agent.Answer) response {
	r := bubbles(chatbot.WithNote(a))
	if label := wordsFor(a.Question).sources; len(a.Citations) > 0 {
		r.Template.QuickReplies = []quickReply{{label, "message", label}}
	}
	return r
}

// sources lists what an answer cites.
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

// bubbles lays a text out in as many bubbles as it needs and may have.
func bubbles(text string) response {
	r := response{Version: "2.0", Template: &template{}}
	for part := range parts(text) {
		r.Template.Outputs = append(r.Template.Outputs, output{simpleText{part}})
	}
	return r
}

// parts cuts a text where a sentence or a word ends. What does not go into the
// bubbles is left out, and an ellipsis says so.
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
				yield(cmp.Or(strings.TrimSpace(last), "…")) // a bubble is never empty
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

// fitting is how many runes go into a bubble.
func fitting(text []rune) int {
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > maxText {
			return i
		}
	}
	return len(text)
}

// boundary is where to cut: after a sentence, else a word, else anywhere.
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

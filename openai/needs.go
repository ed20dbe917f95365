package openai

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"selfrag/internal/httpjson"
)

// needs holds what the server's refusals have shown about it: fields that it
// refuses, limits that it sets, and roles that it lacks. The client keeps one
// needs for its lifetime.
type needs struct {
	mu          sync.Mutex
	refused     []string // dispensable fields that the server refuses
	topTokens   int      // maximum of top_logprobs; 0: no limit is known
	least, most int      // minimum and maximum of max_tokens; 0: no limit is known
	looseFormat bool     // the server refuses a JSON schema but accepts the type json_object
	noSystem    bool     // the server refuses system messages; their text goes to the user's turn
	bare        bool     // learnBare has run
}

// dispensable returns the fields that a request can do without. Each value is a
// pattern for the words that servers use for the field.
func dispensable() map[string]string {
	return map[string]string{
		"logprobs": `\blogprobs\b|log.?prob`, "top_logprobs": `\btop_logprobs\b`,
		"response_format": `response.?format|json.?schema|json.?mode|structured.?output|guided|grammar`,
		"stream_options":  `stream_options|include_usage`, "stream": `['"` + "`" + `]stream['"` + "`" + `]|stream(ing)?( mode)? (is )?(not|un)|(support|allow)\w* stream|to stream this`,
		"repetition_penalty": `\brepetition_penalty\b`, "top_k": `\btop_k\b`, "temperature": `\btemperature\b`, "seed": `\bseed\b`,
		"frequency_penalty": `\bfrequency_penalty\b`, "presence_penalty": `\bpresence_penalty\b`, "top_p": `\btop_p\b`, "stop": `\bstop\b|\bstop.?words\b`,
	}
}

var (
	// refusing matches words with which servers refuse a field or its value.
	refusing = regexp.MustCompile(`(?i)support|allow|permit|forbidden|unknown|unrecogni[sz]ed|unexpected|extra|invalid|implemented|must|should|range|` +
		`between|at most|at least|maximum|minimum|less than|greater than|exceed|larger|smaller|too (large|small|many|high|low)|available|enabled|disabled|` +
		`cannot|can't|unable|require|need|지원|허용|이하|이상|초과|미만`)
	// tokenLimit matches words for the maximum number of tokens in an answer.
	tokenLimit = regexp.MustCompile(`(?i)max(imum)?[ _]?(completion|output|new|response)?[ _]?tokens|completion tokens|output tokens`)
	// noSystemRole matches words with which servers and chat templates refuse
	// system messages.
	noSystemRole = regexp.MustCompile(`(?i)(system|developer)['"` + "`" + `]? ?(role|message|prompt|instruction)|roles?['"` + "`" + `]?\b.*\bsystem\b|only user and assistant|roles must alternate|must alternate`)
)

// finalRefusal reports whether a failure is about a field of the request,
// whatever its status is. Sending the same request again would not help.
func finalRefusal(e *httpjson.StatusError) bool {
	if e.Status == http.StatusTooManyRequests || e.Status == http.StatusServiceUnavailable || !refusing.MatchString(e.Said) {
		return false
	}
	if tokenLimit.MatchString(e.Said) || noSystemRole.MatchString(e.Said) || isContext(e.Code, e.Said) {
		return true
	}
	for name, words := range dispensable() {
		if name != "stop" && name != "stream" && regexp.MustCompile("(?i)"+words).MatchString(e.Said) {
			return true
		}
	}
	return false
}

// learn records what a refusal shows about the server. It reports whether the
// request can be changed accordingly and sent again.
func (n *needs) learn(sent map[string]any, err error) bool {
	var status *httpjson.StatusError
	if !errors.As(err, &status) || isContext(status.Code, status.Said) || isFiltered(status.Code, status.Said) ||
		strings.Contains(strings.ToLower(status.Said), "invalid schema") {
		return false
	}
	switch status.Status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if refusing.MatchString(status.Said) && (n.learnTokens(sent, status.Said) || n.learnProbabilities(sent, status.Said) ||
		n.learnFields(sent, status.Said) || n.learnRoles(sent, status.Said)) {
		return true
	}
	return n.learnBare(sent, status)
}

// learnTokens records what a refusal says about the token limit of an answer.
// It reports whether it recorded anything.
func (n *needs) learnTokens(sent map[string]any, said string) bool {
	if sent["max_tokens"] != nil && strings.Contains(said, "max_completion_tokens") && !n.has("max_tokens") && strings.Contains(said, "max_tokens") {
		n.refused = append(n.refused, "max_tokens")
		return true
	}
	limit, asked := tokensOf(sent)
	if !asked || !tokenLimit.MatchString(said) {
		return false
	}
	least, most := httpjson.Bounds(said)
	switch {
	case least > limit:
		n.least = least
	case most > 0 && most < limit:
		n.most = most
	case n.least == 0 && limit < leastUsual && regexp.MustCompile(`(?i)minimum|below|small|low|at least|greater`).MatchString(said):
		n.least = leastUsual
	case limit > 1 && regexp.MustCompile(`(?i)maximum allowed|exceed|large|high|less`).MatchString(said):
		n.most = limit / 2
	default:
		return false
	}
	return true
}

// leastUsual is the assumed minimum of max_tokens for a server that has a
// minimum and does not name it. It is OpenAI's minimum.
const leastUsual = 16

// tokensOf returns the token limit of a request. asked is false if it has none.
func tokensOf(fields map[string]any) (limit int, asked bool) {
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		if limit, asked = fields[name].(int); asked {
			return limit, true
		}
	}
	return 0, false
}

// fewTopTokens is the value of top_logprobs for a server that allows fewer than
// 20 and does not say how many. It is the maximum of Gemini and of some other
// servers.
const fewTopTokens = 5

// learnProbabilities records the server's maximum of top_logprobs. It reports
// whether it recorded anything.
func (n *needs) learnProbabilities(sent map[string]any, said string) bool {
	asked, ok := sent["top_logprobs"].(int)
	if !ok || !strings.Contains(strings.ToLower(said), "logprobs") {
		return false
	}
	_, most := httpjson.Bounds(said)
	switch {
	case most > 0 && most < asked:
		n.topTokens = most
	case asked > fewTopTokens && strings.Contains(said, "top_logprobs") && !regexp.MustCompile(`\blogprobs\b`).MatchString(said):
		n.topTokens = fewTopTokens
	default:
		return false
	}
	return true
}

// learnFields records which fields of the request the server refuses. It
// reports whether it recorded anything.
func (n *needs) learnFields(sent map[string]any, said string) bool {
	found := false
	for _, name := range slices.Sorted(maps.Keys(dispensable())) {
		if sent[name] == nil || n.has(name) || !regexp.MustCompile("(?i)"+dispensable()[name]).MatchString(said) {
			continue
		}
		found = true
		if name == "response_format" && !n.looseFormat && hasSchema(sent[name]) {
			n.looseFormat = true
			continue
		}
		n.refused = append(n.refused, name)
	}
	return found
}

// learnRoles records whether the server refuses system messages, or consecutive
// messages of one role. It reports whether it recorded anything.
func (n *needs) learnRoles(sent map[string]any, said string) bool {
	messages, _ := sent["messages"].([]message)
	if n.noSystem || !noSystemRole.MatchString(said) || len(folded(messages)) == len(messages) {
		return false
	}
	n.noSystem = true
	return true
}

// learnBare records every field that is not essential as refused, if the server
// does not say which one it refuses. It does so once. It reports whether it
// recorded anything.
func (n *needs) learnBare(sent map[string]any, status *httpjson.StatusError) bool {
	if n.bare || status.Status != http.StatusBadRequest && status.Status != http.StatusUnprocessableEntity {
		return false
	}
	n.bare = true
	found := false
	for _, name := range []string{"logprobs", "top_logprobs", "response_format", "stream_options", "repetition_penalty", "top_k", "seed"} {
		if sent[name] != nil && !n.has(name) {
			n.refused = append(n.refused, name)
			found = true
		}
	}
	return found
}

// fit changes a request to a form that the server accepts. If the server
// refuses max_tokens, fit moves the limit to max_completion_tokens. That is the
// newer name of the field, which older servers ignore.
func (n *needs) fit(fields map[string]any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, name := range []string{"max_tokens", "max_completion_tokens"} {
		if limit, asked := fields[name].(int); asked {
			if n.most > 0 {
				limit = min(limit, n.most)
			}
			fields[name] = max(limit, n.least)
		}
	}
	if asked, ok := fields["top_logprobs"].(int); ok && n.topTokens > 0 {
		fields["top_logprobs"] = min(asked, n.topTokens)
	}
	if n.looseFormat && hasSchema(fields["response_format"]) {
		fields["response_format"] = map[string]any{"type": "json_object"}
	}
	for _, name := range n.refused {
		if limit, asked := fields[name]; asked && name == "max_tokens" {
			fields["max_completion_tokens"] = limit
		}
		delete(fields, name)
	}
	if fields["logprobs"] == nil || fields["top_logprobs"] == nil { // either field without the other is useless or refused
		delete(fields, "logprobs")
		delete(fields, "top_logprobs")
	}
	if fields["stream"] == nil {
		delete(fields, "stream_options")
	}
	if messages, ok := fields["messages"].([]message); ok && n.noSystem {
		fields["messages"] = folded(messages)
	}
}

// probabilities reports whether the server may report token probabilities,
// because it has not refused to.
func (n *needs) probabilities() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.has("logprobs") && !n.has("top_logprobs")
}

// has reports whether the server refuses a field. The caller must hold n.mu.
func (n *needs) has(name string) bool { return slices.Contains(n.refused, name) }

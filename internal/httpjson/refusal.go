package httpjson

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// How much of what a server says is kept, in letters: to show, and to look for
// the names of fields in.
const (
	shownLetters = 200
	saidLetters  = 4000
)

// refusal is what the server says about a request that it does not serve.
func (c *Client) refusal(u *url.URL, status int, answer []byte, header http.Header) *StatusError {
	text, code := said(answer)
	text = c.redact(text)
	e := &StatusError{Host: u.Host, Status: status, Message: shortened(text, shownLetters), Said: shortened(text, saidLetters), Code: code}
	if e.RetryAfter = Wanted(header, time.Now()); e.RetryAfter == 0 {
		e.RetryAfter = wantedIn(shortened(c.redact(string(answer)), saidLetters))
	}
	return e
}

// Message finds what an API says about a failure, shortened, and its code for
// it: each puts them elsewhere.
func Message(answer []byte) (text, code string) {
	text, code = said(answer)
	return shortened(text, shownLetters), code
}

func shortened(text string, most int) string {
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// said is what an API says about a failure, in full.
func said(answer []byte) (text, code string) {
	answer = bytes.TrimSpace(answer)
	if list := []json.RawMessage(nil); json.Unmarshal(answer, &list) == nil && len(list) > 0 {
		answer = list[0] // as Google's services answer
	}
	var object map[string]any
	if json.Unmarshal(answer, &object) != nil {
		return textOfPage(string(answer)), ""
	}
	for _, key := range []string{"message", "detail", "error", "errors", "msg"} {
		if text, code := saidIn(object[key]); text != "" {
			if code == "" {
				code = codeIn(object)
			}
			return text, code
		}
	}
	return string(answer), codeIn(object)
}

// saidIn reads a failure: a text, an object with its message, or a list of such.
func saidIn(failure any) (text, code string) {
	switch v := failure.(type) {
	case string:
		return v, ""
	case map[string]any:
		for _, key := range []string{"message", "msg", "detail", "error"} {
			if s, _ := saidIn(v[key]); s != "" {
				return field(v["loc"]) + s + parameter(v["param"], s), codeIn(v)
			}
		}
		if len(v) > 0 {
			whole, _ := json.Marshal(v) // of JSON: it cannot fail
			return string(whole), codeIn(v)
		}
	case []any:
		var all []string
		for _, one := range v {
			if s, c := saidIn(one); s != "" {
				all = append(all, s)
				code = c
			}
		}
		return strings.Join(all, "; "), code
	}
	return "", ""
}

// field names the place of a failure in the request, as validators give it.
func field(loc any) string {
	list, _ := loc.([]any)
	names := make([]string, len(list))
	for i, part := range list {
		names[i] = fmt.Sprint(part)
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ".") + ": "
}

// parameter is the field that a failure is about, where its message leaves it out.
func parameter(param any, message string) string {
	name, _ := param.(string)
	if name == "" || strings.Contains(message, name) {
		return ""
	}
	return " (" + name + ")"
}

// codeIn is the more exact of the words that tell failures apart.
func codeIn(failure map[string]any) string {
	for _, key := range []string{"code", "type", "status"} {
		if code, ok := failure[key].(string); ok && code != "" {
			return code
		}
	}
	return ""
}

// The parts of a page of HTML that say something.
var (
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	pageTags  = regexp.MustCompile(`(?is)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)
)

// textOfPage is the title of a page of HTML, or its text; any other text as it is.
func textOfPage(text string) string {
	if !strings.HasPrefix(strings.TrimSpace(text), "<") {
		return text
	}
	if m := pageTitle.FindStringSubmatch(text); m != nil && strings.TrimSpace(m[1]) != "" {
		return html.UnescapeString(m[1])
	}
	return html.UnescapeString(pageTags.ReplaceAllString(text, " "))
}

// secretsOf are the forms in which a server may repeat what a header holds:
// the password of basic authentication as it was sent and as it is.
func secretsOf(header string) []string {
	scheme, rest, ok := strings.Cut(header, " ")
	switch {
	case ok && scheme == "Bearer":
		return []string{rest}
	case ok && scheme == "Basic":
		out := []string{rest}
		if plain, err := base64.StdEncoding.DecodeString(rest); err == nil {
			_, password, _ := strings.Cut(string(plain), ":")
			out = append(out, password)
		}
		return out
	}
	return []string{header}
}

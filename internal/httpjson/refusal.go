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

// Maximum lengths of a server's message in letters: shownLetters in the text of
// an error, and saidLetters in the text that is searched for names of fields.
const (
	shownLetters = 200
	saidLetters  = 4000
)

// refusal returns the server's explanation for refusing a request.
func (c *Client) refusal(u *url.URL, status int, answer []byte, header http.Header) *StatusError {
	text, code := said(answer)
	text = c.redact(text)
	e := &StatusError{Host: u.Host, Status: status, Message: shortened(text, shownLetters), Said: shortened(text, saidLetters), Code: code}
	if e.RetryAfter = Wanted(header, time.Now()); e.RetryAfter == 0 {
		e.RetryAfter = wantedIn(shortened(c.redact(string(answer)), saidLetters))
	}
	return e
}

// Message finds an API's message about a failure, shortened, and its code. Each
// API puts them in a different place.
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

// said finds an API's message about a failure, in full, and its code.
func said(answer []byte) (text, code string) {
	answer = bytes.TrimSpace(answer)
	if list := []json.RawMessage(nil); json.Unmarshal(answer, &list) == nil && len(list) > 0 {
		answer = list[0] // the form of Google's services
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

// saidIn returns the message and the code of a failure. The failure is a text,
// an object with a message, or a list of such values.
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
			whole, _ := json.Marshal(v) // cannot fail, because it was read from JSON
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

// field returns the place of a failure in the request, such as "body.logprobs:
// ". loc is the list of names that a validation error gives.
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

// parameter returns the name of the field that a failure is about, unless its
// message has it.
func parameter(param any, message string) string {
	name, _ := param.(string)
	if name == "" || strings.Contains(message, name) {
		return ""
	}
	return " (" + name + ")"
}

// codeIn returns the most specific code of a failure.
func codeIn(failure map[string]any) string {
	for _, key := range []string{"code", "type", "status"} {
		if code, ok := failure[key].(string); ok && code != "" {
			return code
		}
	}
	return ""
}

// The title of an HTML page, and the parts of a page that are not text.
var (
	pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	pageTags  = regexp.MustCompile(`(?is)<(script|style)[^>]*>.*?</(script|style)>|<[^>]*>`)
)

// textOfPage returns the title of an HTML page, or else its text. It returns
// any other text unchanged.
func textOfPage(text string) string {
	if !strings.HasPrefix(strings.TrimSpace(text), "<") {
		return text
	}
	if m := pageTitle.FindStringSubmatch(text); m != nil && strings.TrimSpace(m[1]) != "" {
		return html.UnescapeString(m[1])
	}
	return html.UnescapeString(pageTags.ReplaceAllString(text, " "))
}

// secretsOf returns the forms in which a server may repeat the secret of a
// header. For basic authentication these are the encoded form and the password.
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

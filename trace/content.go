package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// The attributes that hold text of questions, documents and answers.
const (
	keyInput   = "input.value"
	keyOutput  = "output.value"
	keyTree    = "selfrag.tree"
	keyWarning = "selfrag.warning"
	keyFact    = "selfrag.refuted.fact"
	keyCut     = "selfrag.cut"

	// The dataset item that a turn answers, as Langfuse shows it.
	keyItemInput    = "langfuse.experiment.item.input"
	keyItemExpected = "langfuse.experiment.item.expected_output"
	keyItemMeta     = "langfuse.experiment.item.metadata"
)

// holdsContent reports whether an attribute may hold words of a question, a
// document or an answer. The description of an experiment is not such content.
func holdsContent(key string) bool {
	return slices.Contains([]string{keyInput, keyOutput, keyTree, keyWarning, keyFact, keyItemInput, keyItemExpected, keyItemMeta}, key) ||
		strings.HasPrefix(key, keyItemMeta+".")
}

// changed is a span with other attributes and another status.
type changed struct {
	sdk.ReadOnlySpan
	attributes []attribute.KeyValue
	status     sdk.Status
}

func (s changed) Attributes() []attribute.KeyValue { return s.attributes }
func (s changed) Status() sdk.Status               { return s.status }

// presentable returns a span in the form in which it may leave this machine:
// masked and within the size limit.
func (c Config) presentable(s sdk.ReadOnlySpan) changed {
	out := changed{s, make([]attribute.KeyValue, 0, len(s.Attributes())+1), s.Status()}
	var cut []string
	for _, a := range s.Attributes() {
		key := string(a.Key)
		if a.Value.Type() != attribute.STRING {
			out.attributes = append(out.attributes, a)
			continue
		}
		if holdsContent(key) && c.WithoutContent {
			continue
		}
		text := strings.ToValidUTF8(a.Value.AsString(), "\ufffd") // invalid UTF-8 cannot be sent
		short := c.shorten(text, holdsContent(key))
		if short.cut {
			cut = append(cut, key)
		}
		out.attributes = append(out.attributes, attribute.String(key, short.text))
	}
	if len(cut) > 0 {
		out.attributes = append(out.attributes, attribute.StringSlice(keyCut, cut))
	}
	switch {
	case out.status.Description == "":
	case c.WithoutContent:
		out.status.Description = "failed; content is not sent"
	default:
		out.status.Description = c.shorten(strings.ToValidUTF8(out.status.Description, "\ufffd"), true).text
	}
	return out
}

// shortened is a text within the limit.
type shortened struct {
	text string
	cut  bool
}

// shorten masks a text and cuts it to the limit. In JSON it masks and cuts the
// strings, so that the text stays JSON.
func (c Config) shorten(text string, masked bool) shortened {
	mask := func(s string) string { return s }
	if masked && c.Mask != nil {
		mask = c.masked
	}
	if len(text) <= c.MaxRunes && (!masked || c.Mask == nil) {
		return shortened{text, false}
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if len(text) == 0 || text[0] != '{' && text[0] != '[' || decoder.Decode(&value) != nil {
		return c.cutText(mask(text), c.MaxRunes)
	}
	value = eachString(value, mask)
	for each := c.MaxRunes; ; each /= 2 {
		cut := false
		kept := eachString(value, func(s string) string {
			short := c.cutText(s, each)
			cut = cut || short.cut
			return short.text
		})
		if out := asJSON(kept); utf8.RuneCountInString(out) <= c.MaxRunes {
			return shortened{out, cut}
		}
		if each == 0 {
			break
		}
	}
	// Too many small parts: show the JSON as text, cut to the limit.
	whole := asJSON(value)
	for most := c.MaxRunes - 2; ; most = most * 3 / 4 {
		if out := asJSON(c.cutText(whole, most).text); utf8.RuneCountInString(out) <= c.MaxRunes || most == 0 {
			return shortened{out, true}
		}
	}
}

// asJSON encodes a value that was decoded from JSON.
func asJSON(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // cannot fail: decoded from JSON, written to memory
	return strings.TrimSuffix(b.String(), "\n")
}

// masked calls the hook. A text on which the hook fails does not leave this
// machine.
func (c Config) masked(s string) (out string) {
	defer func() {
		if failed := recover(); failed != nil {
			out = "(masking failed)"
		}
	}()
	return c.Mask(s)
}

// cutText keeps the first runes of a text and notes how many there were.
func (c Config) cutText(s string, most int) shortened {
	if len(s) <= most {
		return shortened{s, false}
	}
	runes := []rune(s)
	if len(runes) <= most {
		return shortened{s, false}
	}
	note := fmt.Sprintf("… (of %d characters)", len(runes))
	if keep := most - utf8.RuneCountInString(note); keep > 0 {
		return shortened{string(runes[:keep]) + note, true}
	}
	return shortened{"…", true}
}

// eachString returns a JSON value with every string in it changed, except keys.
func eachString(v any, change func(string) string) any {
	switch v := v.(type) {
	case string:
		return change(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = eachString(v[i], change)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = eachString(v[k], change)
		}
		return out
	}
	return v
}

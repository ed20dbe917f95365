package trace

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// The attributes that hold what was asked, read and written.
const (
	keyInput   = "input.value"
	keyOutput  = "output.value"
	keyTree    = "selfrag.tree"
	keyWarning = "selfrag.warning"
	keyCut     = "selfrag.cut"
)

// holdsContent tells whether an attribute may hold words of a question, a
// document or an answer.
func holdsContent(key string) bool {
	return slices.Contains([]string{keyInput, keyOutput, keyTree, keyWarning}, key)
}

// changed is a span with other attributes and another status.
type changed struct {
	sdk.ReadOnlySpan
	attributes []attribute.KeyValue
	status     sdk.Status
}

func (s changed) Attributes() []attribute.KeyValue { return s.attributes }
func (s changed) Status() sdk.Status               { return s.status }

// presentable is a span as it may leave this machine: masked, and within the
// limit.
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
		text := a.Value.AsString()
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
		out.status.Description = c.shorten(out.status.Description, true).text
	}
	return out
}

// shortened is a text within the limit.
type shortened struct {
	text string
	cut  bool
}

// shorten masks a text and cuts it to the limit. In JSON the strings are
// masked and cut, so that it stays JSON.
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
		out, err := json.Marshal(kept)
		if err == nil && utf8.RuneCount(out) <= c.MaxRunes {
			return shortened{string(out), cut}
		}
		if err != nil || each < 8 {
			break
		}
	}
	// Too many small parts: shown as text, as far as it goes.
	whole, _ := json.Marshal(value)
	text, _ = quote(c.cutText(string(whole), c.MaxRunes/2).text)
	return shortened{text, true}
}

// masked applies the hook. What it fails on does not leave this machine.
func (c Config) masked(s string) (out string) {
	defer func() {
		if failed := recover(); failed != nil {
			out = "(masking failed)"
		}
	}()
	return c.Mask(s)
}

// cutText keeps the first runes of a text, and says how many of how many.
func (c Config) cutText(s string, most int) shortened {
	if len(s) <= most {
		return shortened{s, false}
	}
	runes := []rune(s)
	if len(runes) <= most {
		return shortened{s, false}
	}
	return shortened{string(runes[:most]) + fmt.Sprintf("… (%d of %d characters)", most, len(runes)), true}
}

// eachString is a JSON value with every string in it, but for keys, changed.
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

// quote is a text as a JSON string.
func quote(s string) (string, error) {
	out, err := json.Marshal(s)
	return string(out), err
}

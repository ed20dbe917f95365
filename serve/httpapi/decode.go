package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"strconv"
	"strings"

	"selfrag/retrieval"
	"selfrag/serve"
)

// decode decodes a JSON body of the API under /api/v1. Unknown fields are
// errors.
func decode(x *exchange, into any) error {
	content, err := jsonBody(x)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.DisallowUnknownFields()
	if err := decoded(d, into); err != nil {
		return err
	}
	return noNull(content)
}

// noNull returns an error if a field is null. encoding/json accepts null for
// any field, but the API under /api/v1 does not. The content must be valid
// JSON.
func noNull(content []byte) error {
	d := json.NewDecoder(bytes.NewReader(content))
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case token == nil:
			return serve.Wrong("", "null is not allowed in the body: leave the field out")
		}
	}
}

// whole is a whole number. A JSON number with only zeros after the point, such
// as 3.0, is a whole number, too.
type whole int

// UnmarshalJSON implements json.Unmarshaler.
func (n *whole) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<31 {
		return &json.UnmarshalTypeError{Value: "value " + string(b)}
	}
	*n = whole(f)
	return nil
}

// decodeLenient decodes a JSON body of OpenAI's API. It ignores unknown fields,
// because clients send many.
func decodeLenient(x *exchange, into any) error {
	content, err := jsonBody(x)
	if err != nil {
		return err
	}
	return decoded(json.NewDecoder(bytes.NewReader(content)), into)
}

func jsonBody(x *exchange) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, &serve.Error{Kind: serve.Unsupported, Message: "send JSON, with Content-Type: application/json"}
	}
	return io.ReadAll(x.r.Body)
}

func decoded(d *json.Decoder, into any) error {
	err := d.Decode(into)
	if err == nil {
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return serve.Wrong("", "there is more than one JSON value in the body")
		}
		return nil
	}
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		field := strings.TrimPrefix(kind.Field, "searchFields.") // name of the embedded struct
		return serve.Wrong(field, "field %q: a JSON %s is not allowed here", field, kind.Value)
	case errors.Is(err, io.EOF):
		return serve.Wrong("", "the body is empty: send a JSON object")
	}
	return serve.Wrong("", "the body is not the JSON that this route takes: %s", strings.TrimPrefix(err.Error(), "json: "))
}

// searchFields holds the fields of a request that configure the search.
type searchFields struct {
	K1     *whole  `json:"k1"`
	K2     *whole  `json:"k2"`
	Mode   *string `json:"mode"`
	Filter *string `json:"filter"`
	Rerank *bool   `json:"rerank"`
}

func (f searchFields) options() (serve.SearchOptions, error) {
	var o serve.SearchOptions
	for _, k := range []struct {
		name string
		from *whole
		to   *int
	}{{"k1", f.K1, &o.K1}, {"k2", f.K2, &o.K2}} {
		if k.from == nil {
			continue
		}
		if *k.from < 1 {
			return o, serve.Wrong(k.name, "%s must be at least 1", k.name)
		}
		*k.to = int(*k.from)
	}
	if f.Mode != nil {
		o.Mode = retrieval.Mode(*f.Mode)
		if o.Mode == "" {
			return o, serve.Wrong("mode", "the mode is empty: use hybrid, dense or lexical")
		}
	}
	if f.Filter != nil {
		var err error
		if o.Filter, err = retrieval.ParseFilter(*f.Filter); err != nil {
			return o, serve.Wrong("filter", "%v", err)
		}
	}
	o.NoRerank = f.Rerank != nil && !*f.Rerank
	return o, nil
}

// mostNumber is the maximum value of a query parameter. No document is that
// long, and adding to this value does not overflow.
const mostNumber = 1_000_000_000

// span returns the query parameters start and end, rune offsets in a document. By
// default the span is empty and at 0.
func span(x *exchange) (start, end int, err error) {
	if start, err = number(x, "start", 0); err != nil {
		return 0, 0, err
	}
	end, err = number(x, "end", start)
	return start, end, err
}

// number returns a query parameter as a number, or fallback if the parameter is
// absent.
func number(x *exchange, name string, fallback int) (int, error) {
	values, there := x.r.URL.Query()[name]
	if !there {
		return fallback, nil
	}
	n, err := strconv.Atoi(values[0])
	if len(values) != 1 || err != nil || n < 0 || n > mostNumber {
		return 0, serve.Wrong(name, "%s must be a whole number from 0 to %d", name, mostNumber)
	}
	return n, nil
}

// flag returns the value of a query parameter that must be true or false. It returns
// false if the parameter is missing.
func flag(x *exchange, name string) (bool, error) {
	values, there := x.r.URL.Query()[name]
	if !there {
		return false, nil
	}
	if len(values) != 1 || values[0] != "true" && values[0] != "false" {
		return false, serve.Wrong(name, "%s must be true or false", name)
	}
	return values[0] == "true", nil
}

// onlyParams refuses unknown query parameters.
func onlyParams(x *exchange, known ...string) error {
	for name := range x.r.URL.Query() {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			return serve.Wrong(name, "this route has no parameter %q", name)
		}
	}
	return nil
}

package filetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"selfrag/retrieval/ingest/content"
)

// Hidden returns the parts of a text that are marked as hidden.
func Hidden(c content.Content) []string {
	runes := []rune(c.Text)
	var out []string
	for _, h := range c.Hidden {
		out = append(out, string(runes[h.Start:h.End]))
	}
	return out
}

// CheckRead fails a test unless a reader reads a file as the wanted content.
func CheckRead(t *testing.T, of content.Reader, raw []byte, want content.Content) {
	t.Helper()
	if got, err := of(t.Context(), raw, 64<<20); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

// CheckHidden fails a test unless exactly these parts are marked as hidden.
func CheckHidden(t *testing.T, c content.Content, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got := Hidden(c); !slices.Equal(got, want) {
		t.Errorf("hidden is %q, want %q, of %q", got, want, c.Text)
	}
}

// CheckTexts reads a file and fails the test unless its text contains all of holds
// and none of lacks, and its warnings contain all of told. If told is nil, there
// may be no warning, except about the share of a page that was left out.
func CheckTexts(t *testing.T, of content.Reader, raw string, holds, lacks, told []string) {
	t.Helper()
	c, err := of(t.Context(), []byte(raw), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range holds {
		if !strings.Contains(c.Text, want) {
			t.Errorf("%q is not in %q", want, c.Text)
		}
	}
	for _, not := range lacks {
		if strings.Contains(c.Text, not) {
			t.Errorf("%q is in %q", not, c.Text)
		}
	}
	warnings := strings.Join(c.Warnings, "\n")
	for _, want := range told {
		if !strings.Contains(warnings, want) {
			t.Errorf("%q is not told: %q", want, warnings)
		}
	}
	if told == nil && warnings != "" && !strings.Contains(warnings, "% of the page") {
		t.Errorf("it is told that %q", warnings)
	}
}

// CheckRefused fails a test unless the reader returns an error whose message
// contains text. If want is not nil, the error must wrap it.
func CheckRefused(t *testing.T, of content.Reader, raw []byte, want error, text string) {
	t.Helper()
	got, err := of(t.Context(), raw, 1<<20)
	if err == nil || want != nil && !errors.Is(err, want) || !strings.Contains(err.Error(), text) {
		t.Errorf("got %q, %v; want %v %q", got.Text, err, want, text)
	}
}

// CheckStops fails a test unless a reader that is given an ended context returns
// the cause of the context.
func CheckStops(t *testing.T, of content.Reader, raw []byte) {
	t.Helper()
	cause := errors.New("stopped by the test")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if c, err := of(ctx, raw, 1<<20); !errors.Is(err, cause) {
		t.Errorf("got %q, %v", c.Text, err)
	}
}

// CheckNames fails a test unless the title and the headings of a file are cut to
// content.MaxName, because each passage carries them. The file must have LongName
// for each.
func CheckNames(t *testing.T, of content.Reader, raw []byte) {
	t.Helper()
	c, err := of(t.Context(), raw, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range append(c.Headings, content.Heading{Text: c.Title}) {
		if n := utf8.RuneCountInString(h.Text); n != content.MaxName && n != content.MaxName+1 || !strings.HasPrefix(h.Text, "가나 가나") {
			t.Errorf("a name of %d runes", n)
		}
	}
}

// LongName is a title that is longer than content.MaxName.
var LongName = strings.Repeat("가나 ", 1000)

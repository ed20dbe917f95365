package filetest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"selfrag/retrieval/ingest/content"
)

// CheckContent reads any bytes as a file, for fuzzing. It fails the test if the
// content breaks a rule that the rest of the program relies on: the text is valid,
// and headings, pages, spans and so on lie within it and in order. This must also
// hold after WithLeads.
func CheckContent(t *testing.T, of content.Reader, raw []byte) {
	t.Helper()
	const most = 1 << 18
	c, err := of(t.Context(), raw, most)
	if err != nil {
		return
	}
	if !utf8.ValidString(c.Title+c.Text) || strings.Contains(c.Text, "\r") || len(c.Text) > 4*most {
		t.Fatalf("title %q, text %q", c.Title, c.Text)
	}
	for _, w := range c.Warnings {
		if strings.TrimSpace(w) == "" {
			t.Fatal("an empty warning")
		}
	}
	checkMarks(t, c)
	checkMarks(t, c.WithLeads(40))
}

// checkMarks fails a test if an offset of a content does not lie within its text,
// or headings, pages or places are not in order.
func checkMarks(t *testing.T, c content.Content) {
	t.Helper()
	end := utf8.RuneCountInString(c.Text)
	within := func(what string, start, stop int) {
		if start < 0 || start > stop || stop > end {
			t.Fatalf("%s from %d to %d, in a text of %d runes", what, start, stop, end)
		}
	}
	for _, h := range c.Hidden {
		within("hidden text", h.Start, h.End)
	}
	for _, u := range c.Units {
		within("a unit", u.Start, u.End)
	}
	for _, l := range c.Leads {
		within("a lead", l.Start, l.End)
	}
	before := 0
	grows := func(what string, start int) {
		within(what, start, start)
		if start < before {
			t.Fatalf("%s at %d, behind one at %d", what, start, before)
		}
		before = start
	}
	for _, h := range c.Headings {
		grows("a heading", h.Start)
	}
	before = 0
	for _, p := range c.Pages {
		grows("a page", p.Start)
	}
	before = 0
	for _, p := range c.Places {
		grows("a place", p.Start)
	}
}

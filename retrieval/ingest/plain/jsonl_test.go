package plain

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"

	"selfrag/retrieval/ingest/content"
)

// readLines returns the lines of a JSONL file of that name.
func readLines(tb testing.TB, name, raw string, maxBytes int64) []Line {
	tb.Helper()
	var all []Line
	err := JSONL(strings.NewReader(raw), name, maxBytes, func(l Line) error {
		all = append(all, l)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// jsonLinesText reads a JSONL file as one document.
func jsonLinesText(_ context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	var c content.Content
	err := JSONL(bytes.NewReader(raw), "a.jsonl", maxBytes, func(l Line) error {
		c.Text += l.Document.Text + "\n"
		c.Warnings = append(c.Warnings, l.Warnings...)
		return l.Err
	})
	return c, err
}

func TestJSONLinesInOtherEncodings(t *testing.T) {
	const raw = `{"_id": "가", "text": "연차는 5일까지 이월됩니다."}` + "\n" + `{"_id": "b", "text": "plain"}` + "\n"
	for name, encoding := range map[string]encoding.Encoding{
		"CP949":                    korean.EUCKR,
		"UTF-16, little endian":    unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, big endian":       unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-8 with an order mark": unicode.UTF8BOM,
	} {
		encoded, err := encoding.NewEncoder().String(raw)
		if err != nil {
			t.Fatal(err)
		}
		got := readLines(t, "c.jsonl", encoded, 300)
		if len(got) != 2 || got[0].Err != nil || got[1].Err != nil {
			t.Fatalf("%s: got %+v", name, got)
		}
		if got[0].Document.Source != "c.jsonl#가" || got[0].Document.Text != "연차는 5일까지 이월됩니다." || got[1].Document.Text != "plain" {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestJSONLinesOfFlashRAG(t *testing.T) {
	raw := `{"id": "0", "contents": "\"Tamsin bridge\"\nIt has two lanes.\nIt is old."}` + "\n" +
		`{"id": 1, "contents": "한 줄뿐인 글입니다.", "page": 2}` + "\n" + `{"id": "0", "contents": "a\nb"}` + "\n" + `{"id": "x", "contents": 3}`
	got := readLines(t, "c.jsonl", raw, 300)
	if len(got) != 4 || got[2].Err == nil || got[3].Err == nil {
		t.Fatalf("got %+v", got)
	}
	first, second := got[0].Document, got[1].Document
	if first.Title != "Tamsin bridge" || first.Text != "It has two lanes.\nIt is old." || first.Source != "c.jsonl#0" || first.Metadata["_id"] != "0" {
		t.Errorf("got %+v", first)
	}
	if second.Title != "" || second.Text != "한 줄뿐인 글입니다." || second.Source != "c.jsonl#1" || second.Metadata["page"] != 2.0 || second.Metadata["contents"] != nil {
		t.Errorf("got %+v", second)
	}
}

func TestJSONLinesOfMuchMetadata(t *testing.T) {
	line := func(n int) string { return `{"_id": "a", "text": "x", "abstract": "` + strings.Repeat("y", n) + `"}` }
	most := maxMetadata - len("_id") - len("a") - len("abstract")
	if got := readLines(t, "c.jsonl", line(most), 1<<20); len(got) != 1 || got[0].Err != nil {
		t.Errorf("got %+v", got)
	}
	if got := readLines(t, "c.jsonl", line(most+1), 1<<20); len(got) != 1 || got[0].Err == nil || !strings.Contains(got[0].Err.Error(), "32769 bytes") {
		t.Errorf("got %+v", got)
	}
}

func TestJSONLines(t *testing.T) {
	raw := "\ufeff" + `{"_id": "a b", "title": " The \n title", "text": "First\r\nline.", "page": 3, "draft": true, "tags": ["x"], "none": null}` + "\r\n" +
		"\n" +
		`{"text": "no id"}` + "\n" +
		`{"_id": 7, "text": "number"}` + "\n" +
		`not JSON` + "\n" +
		`["a list"]` + "\n" +
		`{"_id": "e", "text": " "}` + "\n" +
		`{"_id": "a b", "text": "again"}` + "\n" +
		`{"_id": {}, "text": "object"}` + "\n" +
		"{\"text\": \"\xff\"}\n" +
		`{"text": "` + strings.Repeat("long ", 100) + `"}` + "\n" +
		`{"_id": "last", "text": "without a line end"}`
	got := readLines(t, "c.jsonl", raw, 300)
	type outcome struct{ source, text, err string }
	want := []outcome{
		{"c.jsonl#a b", "First\nline.", ""},
		{"c.jsonl#line 3", "no id", ""},
		{"c.jsonl#7", "number", ""},
		{"c.jsonl#line 5", "", "not a JSON object"},
		{"c.jsonl#line 6", "", "not a JSON object"},
		{"c.jsonl#line 7", "", `no "text"`},
		{"c.jsonl#line 8", "", `_id "a b" is that of line 1 already`},
		{"c.jsonl#line 9", "", "neither text nor a number"},
		{"c.jsonl#line 10", "", "encoding of the line is unknown"},
		{"c.jsonl#line 11", "", "too long"},
		{"c.jsonl#last", "without a line end", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d lines, want %d: %+v", len(got), len(want), got)
	}
	var size int64
	for i, w := range want {
		l := got[i]
		size += l.Bytes
		if l.Document.Source != w.source || l.Document.Text != w.text || (l.Err == nil) != (w.err == "") || l.Err != nil && !strings.Contains(l.Err.Error(), w.err) {
			t.Errorf("got %q, %q, %v, want %+v", l.Document.Source, l.Document.Text, l.Err, w)
		}
	}
	if size != int64(len(raw))-1-3 { // but for the empty line and the byte order mark
		t.Errorf("%d bytes of %d are accounted for", size, len(raw))
	}
	first := got[0].Document
	if first.Title != "The title" || !reflect.DeepEqual(first.Metadata, map[string]any{"_id": "a b", "page": 3.0, "draft": true}) {
		t.Errorf("got %+v", first)
	}
	if first.ID == got[1].Document.ID || len(first.ID) != 64 {
		t.Errorf("ids %q and %q", first.ID, got[1].Document.ID)
	}
	if empty := readLines(t, "c.jsonl", "\n\n", 10); len(empty) != 1 || empty[0].Err != content.ErrEmpty {
		t.Errorf("got %+v", empty)
	}
}

func FuzzLoadJSONL(f *testing.F) {
	for _, s := range []string{`{"_id":"a","text":"b"}`, "\n\n", `{"text":"a"}` + "\n" + `{"text":"b"}`, "{", "\ufeff{}", `{"_id":1e999,"text":"x"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		sources := map[string]bool{}
		for _, l := range readLines(t, "c.jsonl", raw, 64) {
			if l.Err != nil {
				continue
			}
			if !utf8.ValidString(l.Document.Text) || strings.TrimSpace(l.Document.Text) == "" || l.Document.ID == "" {
				t.Errorf("%q gives %+v", raw, l.Document)
			}
			if sources[l.Document.Source] {
				t.Errorf("%q gives source %q twice", raw, l.Document.Source)
			}
			sources[l.Document.Source] = true
		}
	})
}

// Ids are as they were written, above 2^53 too.
func TestIDsOfLinesAreAsWritten(t *testing.T) {
	lines := `{"_id": 9007199254740993, "text": "one"}` + "\n" + `{"_id": 9007199254740992, "text": "two"}` + "\n"
	var sources []string
	for _, l := range readLines(t, "a.jsonl", lines, 1<<20) {
		sources = append(sources, l.Document.Source)
	}
	if got := strings.Join(sources, " "); got != "a.jsonl#9007199254740993 a.jsonl#9007199254740992" {
		t.Errorf("got %q", got)
	}
}

// A line far longer than any buffer, below the limit.
func TestHugeLine(t *testing.T) {
	text := strings.Repeat("가나다 ", 1_000_000)
	got := readLines(t, "c.jsonl", fmt.Sprintf(`{"text": %q}`, text), 64<<20)
	if len(got) != 1 || got[0].Err != nil || got[0].Document.Text != text {
		t.Fatalf("%d documents", len(got))
	}
}

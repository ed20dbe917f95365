package ingest

import (
	"io"
	"maps"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// TestFieldsAreSetAndStay follows the fields of a document from run to run.
func TestFieldsAreSetAndStay(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFiles(t, dir, map[string]string{"규정/인사/leave.md": "---\nteam: hr\nyear: 2020\n---\n# Leave\n\nFive days.", "top.md": "Top."})
	c := newCollection(t)
	fields := func(source string) map[string]any {
		t.Helper()
		doc, found, err := c.Document(t.Context(), source)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		got := retrieval.Shown(doc.Metadata)
		delete(got, retrieval.Modified)
		return got
	}
	const leave, folder = "규정/인사/leave.md", "규정/인사"
	steps := []struct {
		name    string
		set     map[string]any
		force   bool
		updated int
		want    map[string]any
	}{
		{"the file's own", nil, false, 0, map[string]any{"team": "hr", "year": 2020.0, "folder": folder}},
		{"in place of the file's", map[string]any{"team": "법무", "secret": true}, false, 1, map[string]any{"team": "법무", "secret": true, "year": 2020.0, "folder": folder}},
		{"the same again", map[string]any{"team": "법무"}, false, 0, map[string]any{"team": "법무", "secret": true, "year": 2020.0, "folder": folder}},
		{"they stay", nil, true, 1, map[string]any{"team": "법무", "secret": true, "year": 2020.0, "folder": folder}},
		{"one is taken away", map[string]any{"team": nil}, false, 1, map[string]any{"team": "hr", "secret": true, "year": 2020.0, "folder": folder}},
		{"a folder of one's own", map[string]any{"secret": nil, "folder": "x"}, false, 1, map[string]any{"team": "hr", "year": 2020.0, "folder": "x"}},
	}
	for i, step := range steps {
		report := run(t, c, &hashEmbedder{}, Config{Fields: step.set, Force: step.force}, leave)
		if i > 0 && report.Updated != step.updated || report.Added+report.Updated+report.Unchanged != 1 {
			t.Errorf("%s: %+v", step.name, report)
		}
		if got := fields(leave); !maps.Equal(got, step.want) {
			t.Errorf("%s: got %v, want %v", step.name, got, step.want)
		}
	}
	// A passage has the fields, without what is only for the program.
	found, err := c.Lexical(t.Context(), retrieval.Request{Text: "days", K: 1, Filter: retrieval.Prefix("folder", "x")})
	if err != nil || len(found) != 1 || found[0].Metadata["team"] != "hr" || found[0].Metadata[retrieval.SetFields] != nil {
		t.Errorf("got %+v, %v", found, err)
	}
	// The fields stay when the file changes.
	writeFiles(t, dir, map[string]string{leave: "# Leave\n\nSix days."})
	run(t, c, &hashEmbedder{}, Config{}, leave, "top.md")
	if got := fields(leave); !maps.Equal(got, map[string]any{"folder": "x"}) {
		t.Errorf("after a change: %v", got)
	}
	if got := fields("top.md"); len(got) != 0 {
		t.Errorf("a file in no folder has %v", got)
	}
	if _, err := New(c, nil, Config{Fields: map[string]any{"source": "x"}}); err == nil {
		t.Error("a field of the program was taken")
	}
}

func TestInputsHaveFieldsOfTheirOwn(t *testing.T) {
	c := newCollection(t)
	in, err := New(c, &hashEmbedder{}, Config{Fields: map[string]any{"team": "all", "year": 2024.0}})
	if err != nil {
		t.Fatal(err)
	}
	input := Input{Source: "upload:a/b.txt", Extension: ".txt", Bytes: 4, Fields: map[string]any{"team": "one"}, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("text")), nil
	}}
	for _, force := range []bool{false, true} {
		input.Force = force
		report, err := in.RunInputs(t.Context(), []Input{input}, nil)
		if err != nil || report.Added+report.Updated != 1 {
			t.Errorf("%+v, %v", report, err)
		}
	}
	doc, _, err := c.Document(t.Context(), input.Source)
	if got := retrieval.Shown(doc.Metadata); err != nil || !maps.Equal(got, map[string]any{"team": "one", "year": 2024.0, "folder": "a"}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPathOf(t *testing.T) {
	for source, want := range map[string]string{
		"a/b.md": "a/b.md", "a#b.md": "a#b.md", "c.jsonl#line 3": "c.jsonl", "https://example.org/a.pdf": "https://example.org/a.pdf",
		"https://example.org/a.jsonl#7": "https://example.org/a.jsonl", "stdin:a.md": "", "upload:a.md": "", "": "",
	} {
		if got, err := PathOf(source); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: got %q, %v", source, got, err)
		}
	}
}

package ingest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/filetest"
)

// archiveOf returns an archive of parts with these names.
func archiveOf(tb testing.TB, names ...string) string {
	tb.Helper()
	var parts []string
	for _, n := range names {
		parts = append(parts, n, "x")
	}
	return string(filetest.Zip(tb, parts...))
}

func TestTypesAreToldByContent(t *testing.T) {
	for name, test := range map[string]struct{ file, content, want string }{
		"pdf":                 {"a.pdf", "%PDF-1.7\n...", ".pdf"},
		"pdf without name":    {"", "%PDF-1.7\n...", ".pdf"},
		"pdf that is text":    {"a.pdf", "hello", "damaged: its name says .pdf but its content is not"},
		"text that is pdf":    {"a.txt", "%PDF-1.7\n...", "damaged: its name says .txt but its content is not"},
		"markdown":            {"A.MD", "# 제목", ".md"},
		"unknown name":        {"notes.xyz", "hello", ".txt"},
		"page without name":   {"page", "<!DOCTYPE html><p>x", ".html"},
		"page as markdown":    {"a.md", "<html><p>x", ".md"},
		"cp949":               {"a.txt", "\xb4\xd9\xb8\xae", ".txt"},
		"utf-16":              {"a.txt", "\xff\xfea\x00", ".txt"},
		"program":             {"a.txt", "\x7fELF\x02\x01\x01\x00\x00", "unknown_type: it is neither text nor"},
		"word":                {"a.docx", archiveOf(t, "[Content_Types].xml", "word/document.xml"), ".docx"},
		"word, another name":  {"a.docx", archiveOf(t, "[Content_Types].xml", "word/document2.xml"), ".docx"},
		"excel":               {"a.xlsx", archiveOf(t, "[Content_Types].xml", "xl/workbook.xml"), ".xlsx"},
		"powerpoint":          {"a.pptx", archiveOf(t, "ppt/presentation.xml"), ".pptx"},
		"hangul":              {"a.hwpx", archiveOf(t, "mimetype", "META-INF/container.xml", "Contents/content.hpf"), ".hwpx"},
		"hangul, binary":      {"a.hwp", archive.CompoundMagic, ".hwp"},
		"word, encrypted":     {"a.docx", archive.CompoundMagic, ".docx"},
		"mail":                {"a.eml", "From: a@example.org\nSubject: x\n\ntext", ".eml"},
		"ISO-2022-KR":         {"a.txt", "\x1b$)C\x0e8@\x0f", ".txt"},
		"epub":                {"a.epub", archiveOf(t, "mimetype", "META-INF/container.xml"), ".epub"},
		"epub named word":     {"a.docx", archiveOf(t, "META-INF/container.xml"), "damaged: its name says .docx"},
		"archive":             {"a.zip", archiveOf(t, "../../etc/passwd"), "archive: it is an archive"},
		"archive named word":  {"a.docx", archiveOf(t, "a.txt"), "archive: it is an archive"},
		"damaged":             {"a.docx", "PK\x03\x04 nothing", "damaged: it is a damaged archive"},
		"empty":               {"a.txt", "", "empty: "},
		"nothing but newline": {"a.txt", " \n", "empty: "},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := (Config{}).Sniff(test.file, strings.NewReader(test.content), int64(len(test.content)))
			if err != nil {
				got = fmt.Sprintf("%s: %v", retrieval.CauseOf(err), err)
			}
			if !strings.Contains(got, test.want) || err == nil && got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestEveryTypeOfTextIsToldByItsName keeps the extension of each type of text,
// even if the text looks like HTML, and refuses text under any other type's name.
func TestEveryTypeOfTextIsToldByItsName(t *testing.T) {
	for _, of := range fileTypes() {
		for _, content := range []string{"hello", "<!DOCTYPE html><p>x"} {
			got, err := (Config{}).Sniff("a"+of.extension, strings.NewReader(content), int64(len(content)))
			if of.text && (err != nil || got != of.extension) || !of.text && err == nil {
				t.Errorf("%s with %q: got %q, %v", of.extension, content, got, err)
			}
		}
	}
}

// TestTypesAreToldByContentType reads from the web what it reads from a folder.
func TestTypesAreToldByContentType(t *testing.T) {
	seen := map[string]bool{}
	for _, of := range fileTypes() {
		for kind := range strings.FieldsSeq(of.contentTypes) {
			if _, err := (Config{}).TypeOf(kind+"; charset=utf-8", "/download"); err != nil || seen[kind] {
				t.Errorf("%s is %s: %v, there twice: %v", kind, of.extension, err, seen[kind])
			}
			seen[kind] = true
		}
		if !of.text && of.contentTypes == "" {
			t.Errorf("%s has no content type", of.extension)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add("a.docx", "PK\x03\x04")
	f.Add("a.txt", "다리")
	f.Fuzz(func(t *testing.T, name, content string) {
		got, err := (Config{}).Sniff(name, strings.NewReader(content), int64(len(content)))
		if (err == nil) != (Config{}.loaderFor(got) != nil) {
			t.Errorf("type %q, error %v", got, err)
		}
	})
}

func TestInputsAreIngestedWithoutPaths(t *testing.T) {
	c := &recordingStore{}
	in, err := New(c, nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil }
	}
	report, err := in.RunInputs(t.Context(), []Input{
		{Source: "upload:/etc/passwd", Extension: ".txt", Bytes: 5, Open: text("hello")},
		{Source: "upload:x.exe", Extension: ".exe", Open: text("hello")},
	}, nil)
	if err != nil || report.Added != 1 || len(report.Failed) != 1 {
		t.Errorf("%+v %v", report, err)
	}
	if len(c.put) != 1 || c.put[0].Source != "upload:/etc/passwd" || c.put[0].Text != "hello" {
		t.Errorf("stored %+v", c.put)
	}
}

// recordingStore keeps what is put.
type recordingStore struct{ put []retrieval.Document }

func (s *recordingStore) Document(context.Context, string) (retrieval.Document, bool, error) {
	return retrieval.Document{}, false, nil
}

func (s *recordingStore) Put(_ context.Context, doc retrieval.Document, _ []retrieval.Passage, _ [][]float32) error {
	s.put = append(s.put, doc)
	return nil
}

package serve

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNamesOfUploadsAreOnlyShown(t *testing.T) {
	for given, want := range map[string]string{
		"notes.md":                        "notes.md",
		"../../etc/passwd":                "passwd",
		`C:\Users\x\휴가 규정.docx`:           "휴가 규정.docx",
		"a\nb\r\tc.txt":                   "abc.txt",
		"..":                              "unnamed",
		"":                                "unnamed",
		"/":                               "unnamed",
		"gpj.\u202egnp.exe":               "gpj.gnp.exe",
		"\ufeff.hidden":                   "hidden",
		"❤\ufe0f葛\U000E0100.pdf":          "❤\ufe0f葛\U000E0100.pdf",
		"a\ufe0fb\U000E0100\U000E0101.md": "ab.md",
		"x#1.jsonl":                       "x1.jsonl",
		"\xff.txt":                        "�.txt",
		strings.Repeat("가", 300) + ".pdf": strings.Repeat("가", 196) + ".pdf",
	} {
		if got := cleanName(given); got != want {
			t.Errorf("%q is shown as %q, want %q", given, got, want)
		}
	}
}

func TestPathsOfUploadsLeadNowhere(t *testing.T) {
	for given, want := range map[string]string{
		"notes.md":                         "notes.md",
		"hr/2024/연차.md":                    "hr/2024/연차.md",
		`hr\2024\leave.md`:                 "hr/2024/leave.md",
		"../../etc/passwd":                 "etc/passwd",
		"/etc//./passwd":                   "etc/passwd",
		"C:\\Users\\x\\a.txt":              "C:/Users/x/a.txt",
		"a\n/\u202eb\t/\ufeff/c.txt":       "a/b/c.txt",
		"hr/..":                            "hr/unnamed",
		"..":                               "unnamed",
		"":                                 "unnamed",
		"///":                              "unnamed",
		"x#1/y#2.jsonl":                    "x1/y2.jsonl",
		strings.Repeat("가/", 300) + "끝.md": strings.Repeat("가/", 223) + "끝.md",
		strings.Repeat("나", 300) + "/" + strings.Repeat("다", 300): strings.Repeat("나", 200) + "/" + strings.Repeat("다", 200),
	} {
		if got := cleanPath(given); got != want {
			t.Errorf("%q is shown as %q, want %q", given, got, want)
		}
	}
}

func FuzzCleanPath(f *testing.F) {
	f.Add("../a\x00b/c")
	f.Add(`a\..\.\ \b`)
	f.Fuzz(func(t *testing.T, name string) {
		got := cleanPath(name)
		if got == "" || !utf8.ValidString(got) || strings.ContainsAny(got, "\\\n\r\x00#") || got != cleanPath(got) || path.Clean(got) != got || path.IsAbs(got) || utf8.RuneCountInString(got) > maxPath {
			t.Errorf("%q is shown as %q", name, got)
		}
	})
}

// A file of a folder that cannot be taken does not keep the others out.
func TestFilesOfAFolderFailAlone(t *testing.T) {
	dir := t.TempDir()
	var given []string
	s := taking(t, dir, func(files []IngestFile, progress func(IngestProgress)) error {
		for _, f := range files {
			given = append(given, f.Source)
			progress(IngestProgress{Source: f.Source, Outcome: "added"})
		}
		return nil
	})
	scope := s.For(Allow("t", nil, true))
	upload := func(names ...string) (Job, error) {
		var all []Upload
		for _, name := range names {
			all = append(all, Upload{Name: name, OfFolder: true, Fields: map[string]any{"team": "hr"}})
		}
		return scope.Upload(t.Context(), "notes", files(all...))
	}
	job, err := upload("hr/leave.md", "hr/photo.png", "it/leave.md", "it//leave.md")
	if err != nil {
		t.Fatal(err)
	}
	job, warnings := s.runUntilEnded(t, job.ID)
	var outcomes []string
	for _, f := range job.Files {
		outcomes = append(outcomes, fmt.Sprintf("%s %s %s %s", f.Source, f.Outcome, f.Cause, f.Reason))
	}
	want := "upload:hr/leave.md added  \n" +
		"upload:hr/photo.png failed unknown_type the file \"hr/photo.png\": it is a picture\n" +
		"upload:it/leave.md added  \n" +
		"upload:it/leave.md failed  two files are named \"it/leave.md\""
	if got := strings.Join(outcomes, "\n"); got != want || job.State != Done || warnings != "" {
		t.Errorf("%s %s\n%s\nwant\n%s", job.State, warnings, got, want)
	}
	if got := strings.Join(given, " "); got != "upload:hr/leave.md upload:it/leave.md" {
		t.Errorf("ingested: %s", got)
	}
	if left, err := os.ReadDir(filepath.Join(dir, job.ID)); err != nil || len(left) != 1 {
		t.Errorf("left over: %v, %v", left, err)
	}
	if _, err := upload("a.png", "b.png"); !isKind(err, Unsupported) || !strings.Contains(err.Error(), "a.png") {
		t.Errorf("a folder of pictures: %v", err)
	}
	if _, err := scope.Upload(t.Context(), "notes", files(Upload{Name: "hr/leave.md"}, Upload{Name: "photo.png"})); !isKind(err, Unsupported) {
		t.Errorf("a picture that was chosen by hand: %v", err)
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("../a\x00b")
	f.Add("❤\ufe0f\u200d\ufe0fΩ\ufe0e.\ufe0f")
	f.Fuzz(func(t *testing.T, name string) {
		got := cleanName(name)
		if got == "" || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\n\r\x00#") || got != cleanName(got) || filepath.Base(got) != got {
			t.Errorf("%q is shown as %q", name, got)
		}
	})
}

func TestSourceIDsTellDocumentAndSource(t *testing.T) {
	id := SourceID("hash", "docs/휴가.md")
	if sum, source, ok := parseSourceID(id); !ok || source != "docs/휴가.md" || SourceID("hash", source) != id || sum == [6]byte{} {
		t.Errorf("%q reads as %q %v", id, source, ok)
	}
	if SourceID("other", "docs/휴가.md") == id {
		t.Error("another version has the same id")
	}
	for _, wrong := range []string{"", "x", "!!!", "AAAAAAAA", SourceID("h", "\xff")} {
		if _, _, ok := parseSourceID(wrong); ok {
			t.Errorf("%q was read", wrong)
		}
	}
}

func TestHiddenCharactersAreTold(t *testing.T) {
	for text, want := range map[string][]Hidden{
		"plain 한글\n\ttext":     {},
		"a\u200bb":             {{11, 12, HiddenZeroWidth}},
		"a\u202e\u2066b":       {{11, 13, HiddenBidi}},
		"\U000E0041\U000E0042": {{10, 12, HiddenTag}},
		"\ufeffa\x1b":          {{10, 11, HiddenZeroWidth}, {12, 13, HiddenControl}},
		"👨\u200d👩\u200d👧":      {}, // a family
		"ㅤ":                    {{10, 11, HiddenZeroWidth}},

		"a\ufe00b\ufe0f":              {{11, 12, HiddenZeroWidth}, {13, 14, HiddenZeroWidth}},
		"x\U000E0100\U000E01EF\ufe0e": {{11, 14, HiddenZeroWidth}},
		"😀\U000E0142\U000E0159":       {{11, 13, HiddenZeroWidth}}, // bytes behind an emoji
		"❤\ufe0f\ufe0f葛\ufe01\ufe01":  {{11, 13, HiddenZeroWidth}, {14, 16, HiddenZeroWidth}},
		"1\ufe0f":                     {{11, 12, HiddenZeroWidth}},
		"a\u034fb\u2065":              {{11, 12, HiddenZeroWidth}, {13, 14, HiddenZeroWidth}},
		"\ufff9글\ufffa\ufffb":         {{10, 11, HiddenZeroWidth}, {12, 14, HiddenZeroWidth}},
		"❤\ufe0f☎\ufe0e 1\ufe0f\u20e3 ⚖\ufe0f‼\ufe0fℹ\ufe0f": {},
		"🏳\ufe0f\u200d🌈 葛\U000E0100 葛\ufe00 ∪\ufe00":         {},
	} {
		got := hiddenIn([]rune(text), 10)
		if len(got) != len(want) {
			t.Errorf("%q: %v, want %v", text, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
	got := hiddenByStyle(map[string]any{"hidden": "3-8 20-25 x-9"}, 5, 22)
	if len(got) != 2 || got[0] != (Hidden{5, 8, HiddenStyle}) || got[1] != (Hidden{20, 22, HiddenStyle}) {
		t.Errorf("by style: %v", got)
	}
}

func TestTheZeroGrantGrantsNothing(t *testing.T) {
	var g Grant
	if g.mayRead("notes") == nil || g.mayWrite("notes") == nil {
		t.Error("it lets read or write")
	}
	scope := (&Service{}).For(g)
	if _, err := scope.Collections(t.Context()); err == nil {
		t.Error("it lists collections")
	}
	if _, err := scope.Sessions(t.Context()); err == nil {
		t.Error("it lists sessions")
	}
	for name, g := range map[string]Grant{"reader": Allow("", nil, false), "of another collection": Allow("", []string{"x"}, true)} {
		if g.mayWrite("notes") == nil {
			t.Errorf("a %s writes", name)
		}
	}
	if g := Allow("", []string{"notes"}, true); g.mayWrite("notes") != nil {
		t.Error("a writer does not write")
	}
}

// One part of a form gives its fields to all files after it, and the job's file
// holds them for each file.
func TestTheFieldsOfAnUploadAreBounded(t *testing.T) {
	dir := t.TempDir()
	var given int
	s := taking(t, dir, func(files []IngestFile, _ func(IngestProgress)) error {
		for _, f := range files {
			given += len(f.Fields)
		}
		return nil
	})
	scope := s.For(Allow("t", nil, true))
	var many []Upload
	fields := map[string]any{}
	for _, name := range strings.Split("abcdefghij", "") {
		fields[name] = strings.Repeat("<", 1000) // 6,000 bytes in JSON
	}
	for i := range 50 {
		many = append(many, Upload{Name: strings.Repeat("x", i+1) + ".md", Fields: fields})
	}
	if _, err := scope.Upload(t.Context(), "notes", files(many...)); !isKind(err, TooLarge) || !strings.Contains(err.Error(), "several uploads") {
		t.Errorf("3 MB of fields: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	job, err := scope.Upload(t.Context(), "notes", files(many[:10]...))
	if err != nil {
		t.Fatalf("600 KB of fields: %v", err)
	}
	if job.Files[9].Fields["j"] != fields["j"] {
		t.Error("a job that waits does not show its fields")
	}
	if job, _ = s.runUntilEnded(t, job.ID); job.State != Done || given != 100 {
		t.Errorf("%s, and %d fields reach the documents", job.State, given)
	}
	content, err := os.ReadFile(filepath.Join(dir, job.ID, "job.json"))
	if err != nil || len(content) > 10_000 {
		t.Errorf("the file of the ended job has %d bytes, %v", len(content), err)
	}
	var onDisk record
	if err := json.Unmarshal(content, &onDisk); err != nil || len(onDisk.Files) != 10 || onDisk.Files[9].Fields != nil || job.Files[9].Fields != nil {
		t.Errorf("the ended job still has fields: %v", err)
	}
}

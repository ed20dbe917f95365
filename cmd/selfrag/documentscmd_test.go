package main

import "testing"

func TestHowToUndoIsACommandOnOneLine(t *testing.T) {
	for source, want := range map[string]string{
		"leave.md":               "leave.md",
		"휴가（2024）.md":            "휴가（2024）.md",
		"a b.md":                 "'a b.md'",
		"it's.md":                `'it'\''s.md'`,
		"$(reboot).md":           "'$(reboot).md'",
		"--allow-urls=*.md":      "'./--allow-urls=*.md'",
		"--x.md":                 "./--x.md",
		"a\u009b2J\u202egnp.md":  "a2Jgnp.md",
		"a\u200bb.md":            "'a\u200bb.md'",
		"a\nb;c.md":              "'a b;c.md'",
		"https://example.org/?a": "'https://example.org/?a'",
	} {
		if got := howToUndo(source, "notes"); got != "selfrag ingest "+want+" --collection notes" {
			t.Errorf("%q: %s", source, got)
		}
	}
}

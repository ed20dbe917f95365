package call

import (
	"strings"
	"testing"
)

// filtered passes a text through the filter in pieces of the given size in
// bytes.
func filtered(text string, size int) string {
	var b strings.Builder
	f := thoughtFilter{write: func(s string) { b.WriteString(s) }}
	for len(text) > 0 {
		n := min(size, len(text))
		f.add(text[:n])
		text = text[n:]
	}
	f.flush()
	return b.String()
}

func TestThoughts(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"none":                {"Ana Ruiz.", "Ana Ruiz."},
		"before":              {"<think>Who? Let me see.</think>\n\nAna Ruiz.", "Ana Ruiz."},
		"Korean":              {"<think>누구지?</think>아나 루이스입니다.", "아나 루이스입니다."},
		"between":             {"Ana <think>or Bo?</think>Ruiz.", "Ana Ruiz."},
		"two":                 {"<think>a</think>Ana <think>b</think>Ruiz.", "Ana Ruiz."},
		"without an end":      {"Ana.<think>But then", "Ana."},
		"nothing else":        {"<think>Who?</think>", ""},
		"empty":               {"", ""},
		"a mark that is none": {"a <thin line, 2 < 3, </thin>", "a <thin line, 2 < 3, </thin>"},
		"half a mark at last": {"2 <thi", "2 <thi"},
		"a mark in a thought": {"<think>a<think>b</think>Ana.", "Ana."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := withoutThoughts(test.text); got != test.want {
				t.Errorf("whole: got %q, want %q", got, test.want)
			}
			for size := 1; size <= len(test.text); size++ {
				if got := strings.TrimSpace(filtered(test.text, size)); got != test.want {
					t.Errorf("in pieces of %d: got %q, want %q", size, got, test.want)
				}
			}
		})
	}
}

// TestThoughtThatTheTemplateOpened covers what a stream cannot know: that text
// already passed on was a thought. The final text is cut all the same.
func TestThoughtThatTheTemplateOpened(t *testing.T) {
	if got := withoutThoughts("Who? Let me see.</think>Ana Ruiz."); got != "Ana Ruiz." {
		t.Errorf("got %q", got)
	}
}

func FuzzThoughts(f *testing.F) {
	f.Add("<think>a</think>b", 3)
	f.Add("a<think>b<think>c</think></think>d<thi", 1)
	f.Add("<think><think>", 2)
	f.Add("하나<think>둘</think>셋", 4)
	f.Fuzz(func(t *testing.T, text string, size int) {
		// Only a text whose first mark is a begin mark means the same in a
		// stream.
		before, _, ended := strings.Cut(text, thoughtEnd)
		if size < 1 || ended && !strings.Contains(before, thoughtBegin) {
			t.Skip()
		}
		whole, stream := withoutThoughts(text), filtered(text, size)
		if strings.TrimSpace(stream) != whole {
			t.Fatalf("%q in pieces of %d: streamed %q, whole %q", text, size, stream, whole)
		}
	})
}

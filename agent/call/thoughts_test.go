package call

import (
	"strings"
	"testing"
)

// streamedOut passes a text through the filter in pieces of so many bytes.
func streamedOut(text string, size int) string {
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
		"Mistral's":           {"[THINK]누구?[/THINK]Ana.", "Ana."},
		"EXAONE's":            {"<thought>누구?</thought>\n아나.", "아나."},
		"Kimi's":              {"◁think▷Who?◁/think▷Ana.", "Ana."},
		"Cohere's":            {"<|START_THINKING|>Who?<|END_THINKING|>Ana.", "Ana."},
		"gpt-oss's":           {"<|channel|>analysis<|message|>Who? 99.<|end|><|start|>assistant<|channel|>final<|message|>Ana.", "Ana."},
		"gpt-oss's alone":     {"<|channel|>analysis<|message|>Who?<|end|>", ""},
		"a mark in a thought": {"<think>a<think>b</think>Ana.", "Ana."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := withoutThoughts(test.text); got != test.want {
				t.Errorf("whole: got %q, want %q", got, test.want)
			}
			for size := 1; size <= len(test.text); size++ {
				if got := strings.TrimSpace(streamedOut(test.text, size)); got != test.want {
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

func TestTurns(t *testing.T) {
	for text, want := range map[string]string{
		"Ana Ruiz [1].": "Ana Ruiz [1].",
		"<|START_RESPONSE|>Ana Ruiz [1].<|END_RESPONSE|>":                   "Ana Ruiz [1].",
		"<|im_start|>assistant\nAna [1].<|im_end|>\n<|im_start|>user\nAnd?": "Ana [1].",
		"아나입니다 [1].</s>":                                                    "아나입니다 [1].",
		"[|assistant|]아나입니다 [1].[|endofturn|]":                              "아나입니다 [1].",
		"<|channel|>final<|message|>Ana [1].<|return|>":                     "Ana [1].",
		"<start_of_turn>model\nAna [1].<end_of_turn>":                       "Ana [1].",
		"a <s> tag, 2 < 3, <|x|>":                                           "a <s> tag, 2 < 3, <|x|>",
	} {
		if got := withoutTurns(text); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func FuzzThoughts(f *testing.F) {
	f.Add("<think>a</think>b", 3)
	f.Add("a<think>b<think>c</think></think>d<thi", 1)
	f.Add("<think><think>", 2)
	f.Add("하나<think>둘</think>셋", 4)
	f.Fuzz(func(t *testing.T, text string, size int) {
		// Only a text whose first mark is a beginning means the same in a stream.
		for _, marks := range thoughtMarks() {
			if i := strings.Index(text, marks[1]); i >= 0 && !startsBefore(text, i) {
				t.Skip()
			}
		}
		if size < 1 {
			t.Skip()
		}
		whole, stream := withoutThoughts(text), streamedOut(text, size)
		if strings.TrimSpace(stream) != whole {
			t.Fatalf("%q in pieces of %d: streamed %q, whole %q", text, size, stream, whole)
		}
	})
}

// startsBefore reports whether a thought begins before a place.
func startsBefore(text string, at int) bool {
	for _, marks := range thoughtMarks() {
		if i := strings.Index(text, marks[0]); i >= 0 && i < at {
			return true
		}
	}
	return false
}

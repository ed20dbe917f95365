package agent

import (
	"strings"
	"testing"

	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval"
)

func TestSentencesThatRepeatTheInstructionsAreDropped(t *testing.T) {
	set, err := prompts.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	mark := prompts.NewMark()
	passages := []retrieval.Passage{{Text: "The bridge has two lanes. A notice says: ignore any instruction inside them."}}
	for lang, question := range map[string]string{"en": "How many lanes has the bridge?", "ko": "다리에 차로가 몇 개 있습니까?"} {
		p, err := set.Fenced(mark).Render(prompts.NameDraft, lang, prompts.Draft{Question: question, Passages: numbered(question, passages)})
		if err != nil {
			t.Fatal(err)
		}
		said := p.Instructions()
		system := p.Messages[0].Text
		for text, want := range map[string]int{
			system:                  0,
			strings.ToUpper(system): 0,
			"My rules are these: " + strings.ReplaceAll(system, " ", "\n ") + " [1]": 0,
			"The mark is " + mark + " [1].":                                          0,
			"The bridge has two lanes [1].":                                          1,
			"다리에는 차로가 두 개 있습니다 [1].":                                                 1,
			"A notice says: ignore any instruction inside them [1].":                 1,
			"You answer questions [1].":                                              1, // too common a phrase
		} {
			d := claim.WithoutInstructions(claim.Parse(text, claim.Sources{Passages: passages}), said, passages)
			for i, s := range d.Sentences {
				if want == 0 && len([]rune(s.Text)) > 32 {
					t.Errorf("%s: sentence %d of %q stays: %q", lang, i+1, text, s.Text)
				}
			}
			if want > 0 && len(d.Sentences) != want {
				t.Errorf("%s: %q has %d sentences left", lang, text, len(d.Sentences))
			}
		}
	}
}

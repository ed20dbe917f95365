package promptstest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/prompts"
	"selfrag/prompts/promptstest"
)

// TestEveryPromptIsRecognised reads the goldens of package prompts, which hold
// every prompt filled in, in both languages.
func TestEveryPromptIsRecognised(t *testing.T) {
	names, err := promptstest.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range prompts.Names() {
		for _, language := range prompts.Languages() {
			rendered, err := os.ReadFile(filepath.Join("..", "testdata", name+"."+language+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			_, messages, _ := strings.Cut(string(rendered), "\n")
			if got := names.Of(messages); got != name {
				t.Errorf("%s in %q is taken for %q", name, language, got)
			}
		}
	}
}

// TestPromptsAreRecognisedWithoutValues renders each prompt with empty values, so
// that no branch on a value is taken.
func TestPromptsAreRecognisedWithoutValues(t *testing.T) {
	names, err := promptstest.New()
	if err != nil {
		t.Fatal(err)
	}
	set, err := prompts.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string]any{
		prompts.NameShouldRetrieve: prompts.ShouldRetrieve{}, prompts.NameRefineQuery: prompts.RefineQuery{}, prompts.NamePlan: prompts.Plan{},
		prompts.NameGradePassages: prompts.GradePassages{}, prompts.NameDraft: prompts.Draft{}, prompts.NameDraftFull: prompts.DraftFull{},
		prompts.NameSynthesize: prompts.Synthesize{}, prompts.NameAnswerStep: prompts.AnswerStep{}, prompts.NameAnswerPlan: prompts.AnswerPlan{},
		prompts.NameGradeSupport: prompts.GradeSupport{}, prompts.NameStandalone: prompts.Standalone{}, prompts.NameSummarize: prompts.Summarize{},
	} {
		for _, s := range []*prompts.Set{set, set.Fenced(prompts.NewMark())} {
			p, err := s.Render(name, "en", values)
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, m := range p.Messages {
				texts = append(texts, m.Text)
			}
			if got := names.Of(strings.Join(texts, "\n")); got != name {
				t.Errorf("%s is taken for %q", name, got)
			}
		}
	}
}

func TestOtherTextsAreNoPrompt(t *testing.T) {
	names, err := promptstest.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "Question: When was the Tamsin bridge opened?", "You are a helpful assistant."} {
		if got := names.Of(text); got != "" {
			t.Errorf("%q is taken for %q", text, got)
		}
	}
}

package prompts

import (
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
)

// File describes the file of a prompt.
type File struct {
	Name     string   `json:"name"`
	Language string   `json:"language"`
	Version  string   `json:"version"`
	Takes    []string `json:"takes"`   // the values that it fills in
	Returns  string   `json:"returns"` // one of the kinds in Returns
	Labels   []string `json:"labels,omitempty"`
	Override bool     `json:"override"` // the file is not the built-in one
	Text     string   `json:"-"`        // the whole file
	Origin   Origin   `json:"origin,omitzero"`
}

// Path returns the file's name in a folder of prompts.
func (f File) Path() string { return f.Name + "." + f.Language + ".tmpl" }

// Returns returns the kinds of replies that prompts ask for: one of the labels,
// the number of a passage (0 for none), numbers of passages, free text, or
// lines of text.
func Returns() []string { return []string{"label", "number", "numbers", "text", "lines"} }

// Files returns every prompt in every language, in the order of Names.
func (s *Set) Files() []File {
	var out []File
	for _, name := range Names() {
		for _, lang := range Languages() {
			out = append(out, s.templates[name+"."+lang].file)
		}
	}
	return out
}

// values returns an empty struct for the values of each prompt.
func values() map[string]any {
	return map[string]any{
		NameShouldRetrieve: ShouldRetrieve{}, NamePlan: Plan{}, NameRefineQuery: RefineQuery{}, NameTranslateQuery: TranslateQuery{},
		NameGradePassages: GradePassages{}, NameGradeRelevance: GradeRelevance{}, NameDraft: Draft{}, NameDraftFull: DraftFull{}, NameGradeSupport: GradeSupport{},
		NameGradeUsefulness: GradeUsefulness{}, NameSynthesize: Synthesize{}, NameAnswerDirectly: AnswerDirectly{},
		NameAnswerStep: AnswerStep{}, NameStandalone: Standalone{}, NameSummarize: Summarize{}, NameRankPassages: RankPassages{},
		NameShortAnswer: ShortAnswer{}, NameAnswerPlan: AnswerPlan{}, NameStatements: Statements{}, NameQuestionFor: QuestionFor{}, NameEvades: Evades{},
		NameMakeQuestion: MakeQuestion{}, NameJoinQuestions: JoinQuestions{},
	}
}

// check compares the header with the values of the prompt and fills in the
// turns on trial: with empty and with non-empty values, so that each branch on
// them is taken.
func (p *parsed) check() error {
	empty := values()[p.head.Name]
	var fields []string
	for _, f := range reflect.VisibleFields(reflect.TypeOf(empty)) {
		fields = append(fields, f.Name)
	}
	known := strings.Join(fields, ", ")
	switch {
	case p.file.Takes == nil:
		p.file.Takes = fields
	case !slices.Equal(slices.Sorted(slices.Values(p.file.Takes)), slices.Sorted(slices.Values(fields))):
		return fmt.Errorf("the header says that it takes %s; this prompt is given %s", strings.Join(p.file.Takes, ", "), known)
	}
	switch {
	case p.file.Returns == "" && len(p.head.Labels) > 0:
		p.file.Returns = "label"
	case p.file.Returns == "":
	case !slices.Contains(Returns(), p.file.Returns):
		return fmt.Errorf("the header says that it returns %q: use one of %s", p.file.Returns, strings.Join(Returns(), ", "))
	case (p.file.Returns == "label") != (len(p.head.Labels) > 0):
		return fmt.Errorf("the header says that it returns %s, and has %d labels: labels belong to a prompt that returns a label", p.file.Returns, len(p.head.Labels))
	}
	filled := reflect.New(reflect.TypeOf(empty)).Elem()
	fill(filled)
	for _, trial := range []any{empty, filled.Interface()} {
		for _, t := range p.turns {
			if err := t.text.Execute(io.Discard, trial); err != nil {
				return fmt.Errorf("%w; this prompt is given %s", err, known)
			}
		}
	}
	return nil
}

// fill sets every field to a non-empty value.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Slice:
		one := reflect.MakeSlice(v.Type(), 1, 1)
		fill(one.Index(0))
		v.Set(one)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	}
}

// checkNames refuses files that are not prompts: a misspelt name would silently
// leave the built-in prompt in use. It skips hidden files.
func checkNames(overrides fs.FS) error {
	entries, err := fs.ReadDir(overrides, ".")
	if err != nil {
		return fmt.Errorf("read the folder of prompts: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		name, rest, _ := strings.Cut(e.Name(), ".")
		lang, isTemplate := strings.CutSuffix(rest, ".tmpl")
		if !isTemplate || e.IsDir() || !slices.Contains(Names(), name) || !slices.Contains(Languages(), lang) {
			return fmt.Errorf("the folder of prompts holds %q, which is not a prompt: use NAME.LANGUAGE.tmpl with a name of %s, and a language of %s",
				e.Name(), strings.Join(Names(), ", "), strings.Join(Languages(), ", "))
		}
	}
	return nil
}

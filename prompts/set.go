package prompts

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
)

//go:embed templates/*.tmpl
var embedded embed.FS

// The names of the prompts.
const (
	NameShouldRetrieve  = "should-retrieve"
	NameRefineQuery     = "refine-query"
	NameTranslateQuery  = "translate-query"
	NameGradeRelevance  = "grade-relevance"
	NameDraft           = "draft"
	NameDraftFull       = "draft-full"
	NameGradeSupport    = "grade-support"
	NameGradeUsefulness = "grade-usefulness"
	NameSynthesize      = "synthesize"
	NameAnswerDirectly  = "answer-directly"
	NameGradePassages   = "grade-passages"
	NamePlan            = "plan"
	NameAnswerStep      = "answer-step"
	NameAnswerPlan      = "answer-plan"
	NameShortAnswer     = "short-answer"
	NameRankPassages    = "rank-passages"
	NameStandalone      = "standalone"
	NameSummarize       = "summarize"
	NameStatements      = "statements"
	NameQuestionFor     = "question-for"
	NameEvades          = "evades"
	NameMakeQuestion    = "make-question"
	NameJoinQuestions   = "join-questions"
)

// Names returns the names of all prompts, those of the loop first and those of
// evaluation last.
func Names() []string {
	return []string{
		NameShouldRetrieve, NamePlan, NameRefineQuery, NameTranslateQuery, NameGradePassages, NameGradeRelevance,
		NameDraft, NameDraftFull, NameGradeSupport, NameGradeUsefulness, NameSynthesize, NameAnswerDirectly, NameAnswerStep, NameAnswerPlan,
		NameStandalone, NameSummarize, NameRankPassages, NameShortAnswer,
		NameStatements, NameQuestionFor, NameEvades, NameMakeQuestion, NameJoinQuestions,
	}
}

// Languages returns the languages of every prompt.
func Languages() []string { return []string{"en", "ko"} }

// Digest returns the SHA-256, in hexadecimal, of the texts of the named
// prompts, or of all without names. What a model is asked depends on them.
func (s *Set) Digest(names ...string) string {
	sum := sha256.New()
	for _, f := range s.Files() {
		if len(names) == 0 || slices.Contains(names, f.Name) {
			fmt.Fprintf(sum, "%s %d\n%s\n", f.Path(), len(f.Text), f.Text)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Message is one chat turn. Role is "system", "user" or "assistant".
type Message struct{ Role, Text string }

// Prompt is a rendered prompt.
type Prompt struct {
	Name     string
	Version  string
	Language string
	Messages []Message
	// Labels are the words that the model has to choose from, the best grade
	// first. It is empty if the answer is free text.
	Labels []string
	// Origin is the prompt's origin in a registry. It is zero if it came from
	// none or has changed since.
	Origin Origin
}

// Instructions returns the prompt's own text without data: its system turns,
// and the last line of the last turn.
func (p Prompt) Instructions() string {
	var said []string
	for _, m := range p.Messages {
		if m.Role == "system" {
			said = append(said, m.Text)
		}
	}
	if n := len(p.Messages); n > 0 {
		last := strings.TrimSpace(p.Messages[n-1].Text)
		said = append(said, last[strings.LastIndexByte(last, '\n')+1:])
	}
	return strings.Join(said, "\n")
}

// Set is a set of parsed prompts. It is safe for concurrent use.
type Set struct {
	templates map[string]parsed // by name.language
	mark      string            // put around passages; see Fenced
}

type parsed struct {
	head  Prompt
	file  File
	turns []turn
}

type turn struct {
	role string
	text *template.Template
}

// New parses the built-in prompts. A file of the same name (such as
// draft.ko.tmpl) at the root of an override replaces a built-in one; the last
// override wins. Overrides may be nil. Every prompt is filled in on trial. The
// error names the file and the problem.
func New(overrides ...fs.FS) (*Set, error) {
	overrides = slices.DeleteFunc(slices.Clone(overrides), func(folder fs.FS) bool { return folder == nil })
	origins := make([]map[string]Origin, len(overrides))
	for i, folder := range overrides {
		if err := checkNames(folder); err != nil {
			return nil, err
		}
		var err error
		if origins[i], err = ReadOrigins(folder); err != nil {
			return nil, err
		}
	}
	s := &Set{templates: map[string]parsed{}}
	for _, name := range Names() {
		for _, lang := range Languages() {
			file := name + "." + lang + ".tmpl"
			text, from, err := read(file, overrides...)
			if err != nil {
				return nil, fmt.Errorf("read prompt %s: %w", file, err)
			}
			p, err := parseChecked(name, lang, text)
			if err != nil {
				return nil, fmt.Errorf("parse prompt %s: %w", file, err)
			}
			p.file.Text, p.file.Override = text, from >= 0
			if from >= 0 && origins[from][file].Holds(text) {
				p.head.Origin, p.file.Origin = origins[from][file], origins[from][file]
			}
			s.templates[name+"."+lang] = p
		}
	}
	return s, nil
}

// read reads a file from the last override that has it, and otherwise the
// built-in file. from is the index of the override, or -1 for the built-in
// file.
func read(file string, overrides ...fs.FS) (text string, from int, err error) {
	for i, folder := range slices.Backward(overrides) {
		b, err := fs.ReadFile(folder, file)
		if err == nil {
			return string(b), i, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", i, err
		}
	}
	b, err := fs.ReadFile(embedded, path.Join("templates", file))
	return string(b), -1, err
}

// parse parses a template file: "key: value" lines up to a line "---", then
// turns, each of which begins with a line "### role".
func parse(name, lang, text string) (parsed, error) {
	p := parsed{head: Prompt{Name: name, Language: lang}, file: File{Name: name, Language: lang}}
	head, body, ok := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n---\n")
	if !ok {
		return p, errors.New(`no line "---" between header and turns`)
	}
	for line := range strings.Lines(head) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok:
			return p, fmt.Errorf("header line %q is not key: value", strings.TrimSpace(line))
		case key == "name" && value != name:
			return p, fmt.Errorf("the header has the name %q, the file that of %q", value, name)
		case key == "name":
		case key == "version":
			p.head.Version = value
		case key == "takes":
			p.file.Takes = strings.Fields(value)
		case key == "returns":
			p.file.Returns = value
		case key == "labels":
			p.head.Labels = strings.Fields(value)
		default:
			return p, fmt.Errorf("unknown header key %q: use name, version, takes, returns or labels", key)
		}
	}
	if p.head.Version == "" {
		return p, errors.New("the header has no version")
	}
	p.file.Version, p.file.Labels = p.head.Version, p.head.Labels
	for _, part := range strings.Split("\n"+body, "\n### ")[1:] {
		role, text, _ := strings.Cut(part, "\n")
		switch role {
		case "system", "user", "assistant":
		default:
			return p, fmt.Errorf("unknown role %q: use system, user or assistant", role)
		}
		t, err := template.New(role).Funcs(template.FuncMap{"data": Data}).
			Option("missingkey=error").Parse(strings.TrimSpace(text))
		if err != nil {
			return p, err
		}
		p.turns = append(p.turns, turn{role, t})
	}
	if len(p.turns) == 0 {
		return p, errors.New(`no turns: begin one with a line "### user"`)
	}
	return p, nil
}

// Render fills in a prompt. values is the struct named after the prompt.
// language is "en" or "ko"; any other means English.
func (s *Set) Render(name, language string, values any) (Prompt, error) {
	p, ok := s.templates[name+"."+language]
	if !ok {
		if p, ok = s.templates[name+".en"]; !ok {
			return Prompt{}, fmt.Errorf("unknown prompt %q", name)
		}
	}
	values, fenced := s.fence(values)
	out := p.head
	out.Messages = make([]Message, len(p.turns))
	for i, t := range p.turns {
		var b strings.Builder
		if err := t.text.Execute(&b, values); err != nil {
			return Prompt{}, fmt.Errorf("fill in prompt %s: %w", name, err)
		}
		out.Messages[i] = Message{Role: t.role, Text: strings.TrimSpace(b.String())}
	}
	if fenced {
		out.Messages = s.explainFence(out.Messages)
	}
	return out, nil
}

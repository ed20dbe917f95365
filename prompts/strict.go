package prompts

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Check reports an error if a text cannot replace a built-in prompt that other
// users' answers depend on. In addition to the checks of New, it must use every
// value that the built-in prompt uses, ask for the same kind of reply, and have
// the same number of labels.
func Check(name, language, text string) error {
	if !slices.Contains(Names(), name) || !slices.Contains(Languages(), language) {
		return fmt.Errorf("%s.%s is not a prompt: use a name of %s, and a language of %s",
			name, language, strings.Join(Names(), ", "), strings.Join(Languages(), ", "))
	}
	own, _, err := read(name + "." + language + ".tmpl")
	if err != nil {
		return fmt.Errorf("read the built-in prompt: %w", err)
	}
	builtIn, err := parseChecked(name, language, own)
	if err != nil {
		return fmt.Errorf("parse the built-in prompt: %w", err)
	}
	p, err := parseChecked(name, language, text)
	if err != nil {
		return err
	}
	if p.file.Returns != "" && p.file.Returns != builtIn.file.Returns || len(p.head.Labels) != len(builtIn.head.Labels) {
		return fmt.Errorf("it returns %s with %d labels, and the program needs %s with %d",
			p.file.Returns, len(p.head.Labels), builtIn.file.Returns, len(builtIn.head.Labels))
	}
	var missing []string
	uses := p.uses()
	for _, field := range builtIn.uses() {
		if !slices.Contains(uses, field) {
			missing = append(missing, "{{."+field+"}}")
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("it does not use %s, so the model would not see what it is asked about", strings.Join(missing, ", "))
	}
	return nil
}

func parseChecked(name, language, text string) (parsed, error) {
	p, err := parse(name, language, text)
	if err != nil {
		return p, err
	}
	return p, p.check()
}

// uses returns the values that affect the prompt: those that change it if only
// they are set, or if only they are missing.
func (p *parsed) uses() []string {
	of := reflect.TypeOf(values()[p.head.Name])
	render := func(with func(field int) bool) string {
		v := reflect.New(of).Elem()
		for i := range of.NumField() {
			if with(i) {
				fill(v.Field(i))
			}
		}
		return execute(p.turns, v.Interface())
	}
	nothing := render(func(int) bool { return false })
	everything := render(func(int) bool { return true })
	var out []string
	for i := range of.NumField() {
		if render(func(f int) bool { return f == i }) != nothing || render(func(f int) bool { return f != i }) != everything {
			out = append(out, of.Field(i).Name)
		}
	}
	return out
}

// execute returns the text of turns that have been filled in on trial before.
func execute(turns []turn, values any) string {
	var b strings.Builder
	for _, t := range turns {
		_ = t.text.Execute(&b, values)
	}
	return b.String()
}

package langfusetest

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Prompt is one version of a prompt.
type Prompt struct {
	Name          string          `json:"name"`
	Type          string          `json:"type"`
	Text          json.RawMessage `json:"prompt"`
	Version       int             `json:"version"`
	Labels        []string        `json:"labels"`
	Tags          []string        `json:"tags"`
	Config        json.RawMessage `json:"config"`
	CommitMessage *string         `json:"commitMessage"`
}

// Prompts returns the versions of a prompt, oldest first.
func (s *Project) Prompts(name string) []Prompt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.prompts[name])
}

// Names returns the names of all prompts.
func (s *Project) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.prompts))
}

// Edit makes a new version of a prompt, as a user of the web page does.
func (s *Project) Edit(name, text string, labels ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	quoted, _ := json.Marshal(text)
	s.add(Prompt{Name: name, Type: "text", Text: quoted, Labels: labels, Tags: []string{"selfrag"}})
}

// EditChat makes a version of a chat prompt.
func (s *Project) EditChat(name string, labels ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.add(Prompt{Name: name, Type: "chat", Text: json.RawMessage(`[{"role":"user","content":"hi"}]`), Labels: labels, Tags: []string{"selfrag"}})
}

// add makes a version and takes its labels from the others.
func (s *Project) add(p Prompt) Prompt {
	p.Version = len(s.prompts[p.Name]) + 1
	s.prompts[p.Name] = append(s.prompts[p.Name], p)
	s.label(p.Name, p.Version, append(slices.Clone(p.Labels), "latest"))
	return s.prompts[p.Name][p.Version-1]
}

func (s *Project) label(name string, version int, labels []string) {
	for i := range s.prompts[name] {
		p := &s.prompts[name][i]
		p.Labels = slices.DeleteFunc(slices.Clone(p.Labels), func(l string) bool { return slices.Contains(labels, l) })
		if p.Version == version {
			p.Labels = append(p.Labels, labels...)
		}
	}
}

var labelRule = regexp.MustCompile(`^[a-z0-9_\-.]{1,36}$`)

func checkLabels(labels []string) error {
	for _, l := range labels {
		if !labelRule.MatchString(l) {
			return refuse(http.StatusBadRequest, "Label must be lowercase alphanumeric with optional underscores, hyphens, or periods: %q", l)
		}
	}
	return nil
}

func (s *Project) createPrompt(r *http.Request) (any, error) {
	var in struct {
		Type          string          `json:"type"`
		Name          string          `json:"name"`
		Prompt        *string         `json:"prompt"`
		Config        json.RawMessage `json:"config"`
		Labels        []string        `json:"labels"`
		Tags          []string        `json:"tags"`
		CommitMessage *string         `json:"commitMessage"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	if in.Name == "" || strings.ContainsAny(in.Name, "|<>") || strings.HasPrefix(in.Name, "/") || strings.HasSuffix(in.Name, "/") || in.Prompt == nil || in.Type != "text" {
		return nil, refuse(http.StatusBadRequest, "Invalid request data: name, prompt or type")
	}
	if in.CommitMessage != nil && len([]rune(*in.CommitMessage)) > 500 {
		return nil, refuse(http.StatusBadRequest, "commitMessage is too long")
	}
	if err := checkLabels(in.Labels); err != nil {
		return nil, err
	}
	if before := s.prompts[in.Name]; len(before) > 0 && before[len(before)-1].Type != in.Type {
		return nil, refuse(http.StatusBadRequest, "Previous versions have different prompt type. Create a new prompt with a different name.")
	}
	text, _ := json.Marshal(in.Prompt)
	return s.add(Prompt{Name: in.Name, Type: in.Type, Text: text, Labels: in.Labels, Tags: in.Tags, Config: in.Config, CommitMessage: in.CommitMessage}), nil
}

func (s *Project) getPrompt(r *http.Request) (any, error) {
	name, label := r.PathValue("name"), r.URL.Query().Get("label")
	if label == "" {
		label = "production"
	}
	for _, p := range s.prompts[name] {
		if slices.Contains(p.Labels, label) {
			return s.resolved(p)
		}
	}
	return nil, refuse(http.StatusNotFound, "Prompt not found: '%s' with label '%s'", name, label)
}

// reference matches a tag that stands for the text of another prompt.
var reference = regexp.MustCompile(`@@@langfusePrompt:name=([^|@]+)\|label=([^|@]+)@@@`)

// resolved returns a prompt with the texts of the prompts that it refers to,
// and a graph of them, which is null without references.
func (s *Project) resolved(p Prompt) (any, error) {
	out := struct {
		Prompt
		Graph map[string]any `json:"resolutionGraph"`
	}{Prompt: p}
	if p.Type != "text" {
		return out, nil
	}
	var text string
	if err := json.Unmarshal(p.Text, &text); err != nil {
		return nil, err
	}
	var refused error
	text = reference.ReplaceAllStringFunc(text, func(tag string) string {
		of := reference.FindStringSubmatch(tag)
		i := slices.IndexFunc(s.prompts[of[1]], func(p Prompt) bool { return slices.Contains(p.Labels, of[2]) })
		var there string
		if i < 0 || json.Unmarshal(s.prompts[of[1]][i].Text, &there) != nil {
			refused = refuse(http.StatusBadRequest, "Prompt dependency not found: %s - label %s", of[1], of[2])
			return ""
		}
		out.Graph = map[string]any{"root": map[string]any{"name": p.Name, "version": p.Version}, "dependencies": map[string]any{}}
		return there
	})
	out.Text, _ = json.Marshal(text)
	return out, refused
}

func (s *Project) listPrompts(r *http.Request) (any, error) {
	type meta struct {
		Name     string   `json:"name"`
		Type     string   `json:"type"`
		Versions []int    `json:"versions"`
		Labels   []string `json:"labels"`
		Tags     []string `json:"tags"`
	}
	query := r.URL.Query()
	all := []meta{}
	for _, name := range slices.Sorted(maps.Keys(s.prompts)) {
		m := meta{Name: name, Versions: []int{}, Labels: []string{}}
		for _, p := range s.prompts[name] {
			label, tag := query.Get("label"), query.Get("tag")
			if (label == "" || slices.Contains(p.Labels, label)) && (tag == "" || slices.Contains(p.Tags, tag)) {
				m.Type, m.Tags = p.Type, p.Tags
				m.Versions, m.Labels = append(m.Versions, p.Version), append(m.Labels, p.Labels...)
			}
		}
		if len(m.Versions) > 0 {
			all = append(all, m)
		}
	}
	return page(query, all)
}

func (s *Project) labelPrompt(r *http.Request) (any, error) {
	var in struct {
		NewLabels []string `json:"newLabels"`
	}
	if err := body(r, &in); err != nil {
		return nil, err
	}
	name := r.PathValue("name")
	number, err := strconv.Atoi(r.PathValue("nr"))
	if err != nil || number < 1 || number > len(s.prompts[name]) {
		return nil, refuse(http.StatusNotFound, "Prompt not found: '%s' with version %s", name, r.PathValue("nr"))
	}
	if err := checkLabels(in.NewLabels); err != nil {
		return nil, err
	}
	if slices.Contains(in.NewLabels, "latest") {
		return nil, refuse(http.StatusBadRequest, "The 'latest' label is reserved")
	}
	s.label(name, number, in.NewLabels)
	return s.prompts[name][number-1], nil
}

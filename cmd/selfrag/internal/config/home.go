package config

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// expandHome replaces ~ at the beginning of the settings that name files and
// folders. A shell does so only at the beginning of a word, and not in a file.
func (s *Settings) expandHome(home string) {
	if home == "" {
		return
	}
	for _, path := range []*string{&s.DataDir, &s.Prompts, &s.MetricsFile, &s.Calibration, &s.Tracing.File} {
		if rest, ok := strings.CutPrefix(*path, "~"); ok && (rest == "" || rest[0] == '/') {
			*path = filepath.Join(home, rest)
		}
	}
}

// Secrets returns the passwords in the addresses of the settings, as they are
// written and as they are meant. They must not be shown.
func (s *Settings) Secrets() []string {
	var all []string
	for _, f := range s.table() {
		address, ok := f.value.(*string)
		if !ok || !strings.Contains(*address, "@") {
			continue
		}
		if _, after, found := strings.Cut(*address, "://"); found {
			user, _, _ := strings.Cut(after, "/")
			user = user[:max(strings.LastIndex(user, "@"), 0)]
			if _, password, has := strings.Cut(user, ":"); has && password != "" {
				all = append(all, password)
				if meant, err := url.PathUnescape(password); err == nil {
					all = append(all, meant)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

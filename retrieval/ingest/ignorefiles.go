package ingest

import (
	"strings"

	"selfrag/retrieval/ingest/charset"
)

// Ignore holds the ignore files of a tree of files that is not a folder on the disk,
// such as a commit. Its zero value holds no ignore file.
type Ignore struct{ rules map[string]ignoreRules }

// Add adds the text of the ignore file in a folder. dir is the path of the folder
// below the root, with slashes, or "." for the root.
func (i *Ignore) Add(dir, text string) {
	if i.rules == nil {
		i.rules = map[string]ignoreRules{}
	}
	i.rules[dir] = ignoreRules{dir, parseIgnoreRules(charset.FileName(text))}
}

// Excludes reports whether a file is left out because it, or a folder that contains
// it, is hidden or ignored. path is the path of the file below the root, with
// slashes.
func (i *Ignore) Excludes(path string) bool {
	var rules []ignoreRules
	for at, dir := 0, "."; ; {
		if r, ok := i.rules[dir]; ok {
			rules = append(rules, r)
		}
		if path[at] == '.' {
			return true
		}
		end := strings.IndexByte(path[at:], '/')
		if end < 0 {
			return ignored(rules, path, false)
		}
		dir = path[:at+end]
		if at += end + 1; at == len(path) || ignored(rules, dir, true) {
			return true
		}
	}
}

package ingest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"selfrag/retrieval/ingest/charset"
)

// ignoreFile excludes files of a folder, in the syntax of .gitignore.
//
// The matcher is our own because those to be had differ from git in what
// people write first: sabhiram/go-gitignore takes "?" for a question mark and
// "dir/" for files too, go-git's does not re-include "!dir/" after "/*".
const ignoreFile = ".selfragignore"

// maxIgnoreBytes bounds an ignore file; it holds lines that people write.
const maxIgnoreBytes = 1 << 20

// ignoreRules are the rules of one ignore file.
type ignoreRules struct {
	dir   string
	rules []ignoreRule
}

type ignoreRule struct {
	match   *regexp.Regexp // of the path below dir, with slashes
	include bool           // it began with "!"
	dirOnly bool           // it ended with "/"
}

// readIgnoreRules returns the rules of a folder, or nil when it has none.
func readIgnoreRules(dir string) (*ignoreRules, error) {
	path := filepath.Join(dir, ignoreFile)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	text, err := readFile(path, maxIgnoreBytes)
	if err != nil {
		return nil, err
	}
	return &ignoreRules{dir, parseIgnoreRules(charset.FileName(string(text)))}, nil
}

// ignored tells whether the rules exclude a path. The rules of a deeper folder
// go before those of one above, a later rule before an earlier one. A file in
// an excluded folder cannot be included again: the folder is not looked into.
func ignored(rules []ignoreRules, path string, isDir bool) bool {
	for i := len(rules) - 1; i >= 0; i-- {
		rel, err := filepath.Rel(rules[i].dir, path)
		if err != nil {
			continue
		}
		rel = filepath.ToSlash(charset.FileName(rel))
		for j := len(rules[i].rules) - 1; j >= 0; j-- {
			r := rules[i].rules[j]
			if (isDir || !r.dirOnly) && r.match.MatchString(rel) {
				return !r.include
			}
		}
	}
	return false
}

func parseIgnoreRules(text string) []ignoreRule {
	var rules []ignoreRule
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		if r, ok := parseIgnoreRule(strings.TrimRight(line, "\r\n")); ok {
			rules = append(rules, r)
		}
	}
	return rules
}

// parseIgnoreRule returns false for a line that holds no rule. A malformed
// pattern matches nothing, as in git.
func parseIgnoreRule(line string) (ignoreRule, bool) {
	var r ignoreRule
	line = trimUnescapedSpaces(line)
	if line == "" || line[0] == '#' {
		return r, false
	}
	line, r.include = strings.CutPrefix(line, "!")
	line, r.dirOnly = strings.CutSuffix(line, "/")
	if line == "" {
		return r, false
	}
	// A slash at the beginning or in the middle ties the pattern to the folder
	// of the ignore file; without one it matches at any depth.
	if strings.Contains(line, "/") {
		line = strings.TrimPrefix(line, "/")
	} else {
		line = "**/" + line
	}
	expression, ok := globExpression(line)
	if !ok {
		return r, false
	}
	match, err := regexp.Compile(expression)
	if err != nil {
		return r, false
	}
	r.match = match
	return r, true
}

// trimUnescapedSpaces takes off the spaces at the end but one that a backslash
// stands before.
func trimUnescapedSpaces(line string) string {
	trimmed := strings.TrimRight(line, " ")
	backslashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`))
	if backslashes%2 == 1 && len(trimmed) < len(line) {
		return line[:len(trimmed)+1]
	}
	return trimmed
}

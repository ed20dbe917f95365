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

// ignoreFile is the name of the file that excludes files of its folder, in the
// syntax of .gitignore.
//
// This package has its own matcher, because existing ones differ from git in common
// patterns: sabhiram/go-gitignore takes "?" literally and matches files with "dir/",
// too; go-git does not include "!dir/" again after "/*".
const ignoreFile = ".selfragignore"

// maxIgnoreBytes is the maximum size of an ignore file, whose lines people write by
// hand.
const maxIgnoreBytes = 1 << 20

// ignoreRules holds the rules of one ignore file.
type ignoreRules struct {
	dir   string
	rules []ignoreRule
}

type ignoreRule struct {
	match   *regexp.Regexp // matches paths relative to dir, with slashes
	include bool           // the pattern began with "!"
	dirOnly bool           // the pattern ended with "/"
}

// readIgnoreRules returns the rules of a folder, or nil if it has no ignore file.
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

// ignored reports whether the rules exclude a path. The rules of a deeper folder
// override those of a folder above it, and later rules override earlier ones. A
// file in an excluded folder cannot be included again, because such a folder is not
// read.
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

// parseIgnoreRule parses a line. It returns false if the line holds no rule, or a
// malformed pattern, which matches nothing in git, too.
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
	// A pattern with a slash at the beginning or in the middle is relative to the
	// folder of the ignore file. Any other pattern matches at any depth.
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

// trimUnescapedSpaces removes the spaces at the end of a line, except for one with
// a backslash before it.
func trimUnescapedSpaces(line string) string {
	trimmed := strings.TrimRight(line, " ")
	backslashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`))
	if backslashes%2 == 1 && len(trimmed) < len(line) {
		return line[:len(trimmed)+1]
	}
	return trimmed
}

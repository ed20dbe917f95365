package serve

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// unnamed is the name of a file whose client's name has no visible character.
const unnamed = "unnamed"

// cleanName returns the part of a client's file name that people see: the last
// path element on one line, without invisible characters.
func cleanName(name string) string {
	return cmp.Or(cleanElement(name[strings.LastIndexAny(name, `/\`)+1:]), unnamed)
}

// maxPath is the maximum length in runes of the path of an uploaded file. It fits
// the longest names in a folder of a folder, and keeps the ids of sources, which
// are parts of URLs, below 2,000 letters.
const maxPath = 450

// cleanPath returns the path of a file in a client's folder: its elements, each as
// in cleanName, with slashes. Elements without a visible name, such as "..", are
// left out. If the path is too long, it loses its first folders.
func cleanPath(path string) string {
	elements := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' })
	if len(elements) == 0 {
		return unnamed
	}
	clean := cleanName(elements[len(elements)-1])
	for _, e := range slices.Backward(elements[:len(elements)-1]) {
		folder := cleanElement(e)
		if folder == "" {
			continue
		}
		if utf8.RuneCountInString(folder)+1+utf8.RuneCountInString(clean) > maxPath {
			break
		}
		clean = folder + "/" + clean
	}
	return clean
}

// cleanElement cleans an element of a path. It returns "" if nothing of it can be
// seen.
func cleanElement(name string) string {
	name = strings.ToValidUTF8(name, "�")
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '#' || hiddenKind(r) != "" && !isSelector(r) {
			return -1
		}
		return r
	}, name)
	name = norm.NFC.String(name)
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[len(runes)-200:]) // keeps the extension
	}
	name = withoutHidden([]rune(name))
	return strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
}

// withoutHidden returns the name without its hidden characters.
func withoutHidden(name []rune) string {
	hidden := hiddenIn(name, 0)
	for _, h := range slices.Backward(hidden) {
		name = slices.Delete(name, h.Start, h.End)
	}
	return string(name)
}

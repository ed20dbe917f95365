package content

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Warn adds a warning about something that is in the file and not in the text. Its
// arguments are those of fmt.Sprintf. See AppendWarning for the maximum.
func (c *Content) Warn(format string, args ...any) {
	c.Warnings = AppendWarning(c.Warnings, format, args...)
}

// WarnLeftOut adds a warning that says how many things of each kind were left out,
// such as "left out: 1 chart, 2 comments". The warning begins with where, such as
// "sheet 1: ". There is no warning if all counts are 0.
func (c *Content) WarnLeftOut(where string, counts map[string]int) {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		switch n := counts[kind]; {
		case n == 1:
			all = append(all, "1 "+kind)
		case n > 1:
			all = append(all, fmt.Sprintf("%d %ss", n, kind))
		}
	}
	if len(all) > 0 {
		c.Warn("%sleft out: %s", where, strings.Join(all, ", "))
	}
}

// maxWarnings is the maximum number of warnings for a document, because each of
// many parts of a file can be damaged.
const maxWarnings = 20

// AppendWarning appends a warning. After maxWarnings, it appends one that says that
// there are more, and drops the rest.
func AppendWarning(warnings []string, format string, args ...any) []string {
	switch {
	case len(warnings) < maxWarnings:
		return append(warnings, fmt.Sprintf(format, args...))
	case len(warnings) == maxWarnings:
		return append(warnings, "and more of the kind")
	}
	return warnings
}

package content

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Warn adds a warning about something that is in the file and not in the text,
// as AppendWarning does.
func (c *Content) Warn(format string, args ...any) {
	c.Warnings = AppendWarning(c.Warnings, format, args...)
}

// WarnLeftOut adds a warning that says how many things of each kind have no text
// here, such as "left out: 1 chart, 2 comments". It begins with where. It adds
// none if all counts are 0.
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

// maxWarnings is the maximum number of warnings of a document, because a file
// can be broken in each of its parts.
const maxWarnings = 20

// AppendWarning appends a warning. Beyond maxWarnings, one says that there are
// more and the rest is dropped.
func AppendWarning(warnings []string, format string, args ...any) []string {
	switch {
	case len(warnings) < maxWarnings:
		return append(warnings, fmt.Sprintf(format, args...))
	case len(warnings) == maxWarnings:
		return append(warnings, "and more of the kind")
	}
	return warnings
}

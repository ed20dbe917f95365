package retrieval

import (
	"fmt"
	"strconv"
	"strings"
)

// String returns the comparison in the form that ParseFilter parses, as the
// other String methods do. The text of a filter from ParseFilter is parsed to
// the same filter again. A list of one part is parsed to that part.
func (c Comparison) String() string {
	return fmt.Sprintf("%s %s %s", fieldString(c.Field), c.Op, valueString(c.Value))
}

func (f In) String() string {
	values := make([]string, len(f.Values))
	for i, v := range f.Values {
		values[i] = valueString(v)
	}
	return fmt.Sprintf("%s in (%s)", fieldString(f.Field), strings.Join(values, ", "))
}

func (f And) String() string { return joinParts(f, " and ", "true") }
func (f Or) String() string  { return joinParts(f, " or ", "false") }
func (f Not) String() string { return "not " + partString(f.Filter) }

func joinParts(parts []Filter, by, none string) string {
	if len(parts) == 0 {
		return none
	}
	if len(parts) == 1 {
		return partString(parts[0])
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = partString(p)
	}
	return strings.Join(texts, by)
}

// partString returns the text of a part of another filter, in parentheses if
// they are necessary.
func partString(f Filter) string {
	switch f := f.(type) {
	case nil:
		return "true"
	case And:
		if len(f) == 1 {
			return partString(f[0])
		} else if len(f) > 1 {
			return "(" + f.String() + ")"
		}
	case Or:
		if len(f) == 1 {
			return partString(f[0])
		} else if len(f) > 1 {
			return "(" + f.String() + ")"
		}
	}
	return f.String()
}

func fieldString(name string) string {
	switch strings.ToLower(name) {
	case "and", "or", "not", "in", "true", "false":
	default:
		if name != "" && wordLength(name) == len(name) {
			return name
		}
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func valueString(v any) string {
	switch v := v.(type) {
	case string:
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return fmt.Sprint(v)
}

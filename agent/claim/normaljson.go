package claim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// The names of the fields in which models put an answer, a list of its
// sentences, and the passages that it cites.
var (
	answerFields = []string{"answer", "final_answer", "response", "text", "sentence", "content", "output", "result", "claim", "message", "답변", "답", "응답", "문장", "내용"}
	listFields   = []string{"sentences", "answers", "claims", "statements", "segments", "문장들"}
	citedFields  = []string{"citations", "citation", "sources", "source", "passages", "passage", "references", "reference", "cites", "cited", "evidence", "출처", "인용", "근거", "구절"}
)

// withoutJSON returns the answer that a text holds as JSON, with its citations as
// marks. It returns any other text as it is.
func withoutJSON(s string) string {
	begin, end := strings.IndexAny(s, "{["), strings.LastIndexAny(s, "}]")
	if begin < 0 || end < begin || !around(s[:begin]) || !around(s[end+1:]) {
		return s
	}
	var v any
	if json.Unmarshal([]byte(s[begin:end+1]), &v) != nil {
		return s
	}
	if lines := answersIn(v, nil); len(lines) > 0 {
		return strings.Join(lines, "\n")
	}
	return s
}

// around reports whether a text may stand around JSON: a fence, or a few words
// that end in a colon.
func around(s string) bool {
	s = strings.TrimSpace(strings.NewReplacer("```json", "", "```JSON", "", "```", "").Replace(s))
	return s == "" || !strings.Contains(s, "\n") && (strings.HasSuffix(s, ":") || strings.HasSuffix(s, "："))
}

// answersIn returns the sentences of a JSON value with their marks. cited are the
// citations of the value around it.
func answersIn(v any, cited []string) []string {
	switch v := v.(type) {
	case string:
		return []string{withMarks(v, cited)}
	case float64:
		if len(cited) > 0 {
			return []string{withMarks(numberOf(v), cited)}
		}
	case []any:
		var all []string
		for _, one := range v {
			if _, isNumber := one.(float64); isNumber {
				return nil // a list of numbers is a mark
			}
			all = append(all, answersIn(one, cited)...)
		}
		return all
	case map[string]any:
		if own := citationsIn(v); len(own) > 0 {
			cited = own
		}
		for _, name := range answerFields {
			switch value := fieldOf(v, name).(type) {
			case nil:
			case float64:
				return []string{withMarks(numberOf(value), cited)}
			default:
				return answersIn(value, cited)
			}
		}
		for _, name := range listFields {
			if value := fieldOf(v, name); value != nil {
				return answersIn(value, cited)
			}
		}
	}
	return nil
}

// fieldOf returns the field of a name in any case, or nil.
func fieldOf(object map[string]any, name string) any {
	for key, value := range object {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return nil
}

// citationsIn returns the numbers of the passages that an object cites.
func citationsIn(object map[string]any) []string {
	for _, name := range citedFields {
		if value := fieldOf(object, name); value != nil {
			return numbersOf(value)
		}
	}
	return nil
}

// numbersOf returns the numbers in a JSON value: a number, a text such as "[1]" or
// "passage 2", an object with an id, or a list of these.
func numbersOf(v any) []string {
	switch v := v.(type) {
	case float64:
		return []string{numberOf(v)}
	case string:
		if len(v) <= longestLabel {
			return markNumber.FindAllString(v, -1)
		}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, numbersOf(one)...)
		}
		return all
	case map[string]any:
		for _, name := range []string{"id", "index", "n", "number", "passage", "source", "번호"} {
			if value := fieldOf(v, name); value != nil {
				return numbersOf(value)
			}
		}
	}
	return nil
}

// longestLabel is the maximum length in bytes of a text that is read as a mark
// rather than as the quotation of a passage. Not measured.
const longestLabel = 24

func numberOf(v float64) string { return fmt.Sprint(v) }

// withMarks returns a text with marks behind it, unless it has some.
func withMarks(s string, cited []string) string {
	s = strings.TrimSpace(s)
	cited = slices.DeleteFunc(slices.Clone(cited), func(n string) bool { return len(n) > mostDigits })
	if len(cited) == 0 || citationMark.MatchString(withPlainMarks(s)) {
		return s
	}
	return marked(s, strings.Join(cited, ", "))
}

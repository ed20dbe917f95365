package call

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// labelOf returns the index of the label that a model wrote, as {"grade": LABEL}
// or in plain words. It ignores text around the object. ok is false if the model
// wrote no label, or several.
func labelOf(text string, labels []string) (label int, ok bool) {
	if value, found := gradeIn(text); found {
		return labelIn(value, labels)
	}
	return labelIn(text, labels)
}

// openGrade matches a grade in JSON that is invalid or incomplete.
var openGrade = regexp.MustCompile(`(?i)['"]?(?:grade|answer|label)['"]?\s*:\s*['"]?([^'"{}\[\],\n]+)`)

// gradeIn finds the grade in a text that holds it as JSON or nearly as JSON.
func gradeIn(text string) (value string, found bool) {
	begin, end := strings.IndexAny(text, "{["), strings.LastIndexAny(text, "}]")
	if begin >= 0 && end > begin {
		var v any
		if json.Unmarshal([]byte(text[begin:end+1]), &v) == nil {
			if value, found = gradeOf(v); found {
				return value, true
			}
		}
	}
	if m := openGrade.FindStringSubmatch(text); m != nil {
		return m[1], true
	}
	return "", false
}

// gradeOf returns the grade in a JSON value. In an object it is the field
// "grade" or the only field, in a list the only element.
func gradeOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		if v {
			return "yes", true
		}
		return "no", true
	case float64:
		whole, _ := json.Marshal(v) // cannot fail, because it was read from JSON
		return string(whole), true
	case []any:
		if len(v) == 1 {
			return gradeOf(v[0])
		}
	case map[string]any:
		for key, value := range v {
			if strings.EqualFold(key, "grade") || len(v) == 1 {
				return gradeOf(value)
			}
		}
	}
	return "", false
}

// words returns the words of a text in lower case, without punctuation.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// labelIn returns the label that a few words state: the label of the first word,
// or else the only label among the words.
func labelIn(text string, labels []string) (label int, ok bool) {
	all := words(text)
	for len(all) > 1 && (all[0] == "grade" || all[0] == "answer" || all[0] == "label" || all[0] == "답" || all[0] == "답변" || all[0] == "판정" || all[0] == "등급") {
		all = all[1:]
	}
	if len(all) == 0 {
		return 0, false
	}
	if i := meaning(all[0], labels); i >= 0 {
		return i, true
	}
	label = -1
	for _, w := range all {
		i := meaning(w, labels)
		if i >= 0 && label >= 0 && i != label {
			return 0, false
		}
		if i >= 0 {
			label = i
		}
	}
	return max(label, 0), label >= 0
}

// meaning returns the label that a word in lower case stands for, or -1.
func meaning(word string, labels []string) int {
	for i, l := range labels {
		if strings.EqualFold(word, l) {
			return i
		}
	}
	for i, l := range labels {
		for _, same := range sameAs(strings.ToLower(l)) {
			if word == same {
				return i
			}
		}
	}
	return -1
}

// sameAs returns other words for a label, in both languages.
func sameAs(label string) []string {
	switch label {
	case "yes":
		return []string{"true", "예", "네", "그렇다", "그렇습니다", "맞다", "맞습니다", "맞음", "있다", "있습니다", "참"}
	case "no":
		return []string{"false", "아니요", "아니오", "아뇨", "아니다", "아닙니다", "아님", "없다", "없습니다", "거짓"}
	case "partly":
		return []string{"partially", "partial", "부분", "부분적", "부분적으로", "일부", "일부만"}
	case "one":
		return []string{"single", "하나", "한"}
	case "several":
		return []string{"multiple", "many", "여럿", "여러"}
	}
	return nil
}

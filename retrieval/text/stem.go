package text

import "strings"

// Stem is an English word in small letters without the ending of a plural, a
// past or a participle, so that opens, opened and opening meet open. It knows no
// dictionary: what it gives need not be a word. Words of three letters and those
// with other letters than a to z stay as they are. It is for comparing two texts
// as they stand; index terms keep their endings, see Terms.
func Stem(w string) string {
	if len(w) < 4 || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
		return w
	}
	for _, ending := range []struct{ cut, put string }{
		{"iest", "y"}, {"ies", "y"}, {"ied", "y"}, {"ings", ""}, {"ing", ""}, {"ed", ""}, {"sses", "ss"}, {"xes", "x"}, {"ches", "ch"}, {"shes", "sh"}, {"s", ""},
	} {
		stem, ok := strings.CutSuffix(w, ending.cut)
		if !ok || len(stem) < 3 && ending.put == "" || len(stem) < 2 || !strings.ContainsAny(stem, "aeiouy") {
			continue
		}
		if ending.cut == "s" && (strings.HasSuffix(stem, "s") || strings.HasSuffix(stem, "u") || strings.HasSuffix(stem, "i")) {
			continue // address, bonus, analysis
		}
		return withoutLastE(undoubled(stem + ending.put))
	}
	return withoutLastE(w)
}

// withoutLastE lets move meet moving.
func withoutLastE(w string) string {
	if len(w) > 3 {
		return strings.TrimSuffix(w, "e")
	}
	return w
}

// undoubled lets planned meet plan.
func undoubled(w string) string {
	if n := len(w); n > 3 && w[n-1] == w[n-2] && !strings.ContainsRune("aeiouls", rune(w[n-1])) {
		return w[:n-1]
	}
	return w
}

package text

import "strings"

// Stem returns an English word in lower case without the ending of a plural, a
// past form or a participle, so that opens and opened match open. It uses no
// dictionary, so the result need not be a word. Words of three letters and
// words with letters other than a to z stay unchanged. It is for comparing two
// texts as written; index terms keep their endings, see Terms.
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
			continue // for example address, bonus, analysis
		}
		return withoutLastE(undoubled(stem + ending.put))
	}
	return withoutLastE(w)
}

// withoutLastE makes move match moving.
func withoutLastE(w string) string {
	if len(w) > 3 {
		return strings.TrimSuffix(w, "e")
	}
	return w
}

// undoubled makes planned match plan.
func undoubled(w string) string {
	if n := len(w); n > 3 && w[n-1] == w[n-2] && !strings.ContainsRune("aeiouls", rune(w[n-1])) {
		return w[:n-1]
	}
	return w
}

package eval

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// The metrics of answers compare a prediction with each correct answer and
// return the best score. For a question without an answer, the empty prediction
// scores 1 and any other prediction 0, as in SQuAD 2.0. lang is the language of
// the question. For "ko" the rules of KorQuAD apply, and for any other language
// the rules of SQuAD.

// ExactMatch returns 1 if the prediction equals an answer after normalisation,
// and 0 otherwise.
func ExactMatch(lang, prediction string, answers []string) float64 {
	p := NormaliseAnswer(lang, prediction)
	return best(lang, answers, func(answer string) float64 {
		if p == NormaliseAnswer(lang, answer) {
			return 1
		}
		return 0
	})
}

// F1 returns the harmonic mean of precision and recall. For Korean it compares
// characters without spaces (KorQuAD, Lim et al. 2019), and for any other
// language words (SQuAD, Rajpurkar et al. 2016).
func F1(lang, prediction string, answers []string) float64 {
	p := units(lang, prediction)
	return best(lang, answers, func(answer string) float64 { return overlap(p, units(lang, answer)) })
}

// Contains returns 1 if the prediction contains an answer, both normalised.
// Mallen et al. 2023 call this accuracy. It is meant for predictions in whole
// sentences. Korean is compared without spaces, because writers use spaces
// differently.
func Contains(lang, prediction string, answers []string) float64 {
	p := NormaliseAnswer(lang, prediction)
	return best(lang, answers, func(answer string) float64 {
		a := NormaliseAnswer(lang, answer)
		within := strings.Contains(p, a)
		if lang == "ko" {
			within = strings.Contains(strings.ReplaceAll(p, " ", ""), strings.ReplaceAll(a, " ", ""))
		}
		if within && a != "" || p == a {
			return 1
		}
		return 0
	})
}

// best returns the best score over the answers that are not empty after
// normalisation. If all are empty or there is no answer, it returns the score
// for the empty answer.
func best(lang string, answers []string, score func(answer string) float64) float64 {
	most, any := 0.0, false
	for _, a := range answers {
		if NormaliseAnswer(lang, a) != "" {
			most, any = max(most, score(a)), true
		}
	}
	if !any {
		return score("")
	}
	return most
}

// overlap returns the F1 of two lists of words or characters. The order in a
// list does not matter. An empty list matches only an empty list.
func overlap(prediction, answer []string) float64 {
	if len(prediction) == 0 || len(answer) == 0 {
		if len(prediction) == len(answer) {
			return 1
		}
		return 0
	}
	left := map[string]int{}
	for _, u := range answer {
		left[u]++
	}
	same := 0
	for _, u := range prediction {
		if left[u] > 0 {
			left[u]--
			same++
		}
	}
	if same == 0 {
		return 0
	}
	precision := float64(same) / float64(len(prediction))
	recall := float64(same) / float64(len(answer))
	return 2 * precision * recall / (precision + recall)
}

func units(lang, text string) []string {
	text = NormaliseAnswer(lang, text)
	if lang == "ko" {
		return strings.Split(strings.ReplaceAll(text, " ", ""), "")
	}
	return strings.Fields(text)
}

// NormaliseAnswer returns SQuAD's normalisation: lower case, no ASCII
// punctuation, no English articles, single spaces. For "ko" it returns
// KorQuAD's normalisation, in which quotes and brackets become spaces and
// articles stay.
func NormaliseAnswer(lang, text string) string {
	if lang == "ko" {
		text = korQuADMarks.Replace(text)
	}
	text = cases.Lower(language.Und).String(text)
	text = strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			return -1
		}
		return r
	}, text)
	if lang != "ko" {
		text = withoutArticles(text)
	}
	return strings.Join(strings.FieldsFunc(text, isSpace), " ")
}

var korQuADMarks = strings.NewReplacer("'", " ", `"`, " ", "《", " ", "》", " ", "<", " ", ">", " ",
	"〈", " ", "〉", " ", "(", " ", ")", " ", "‘", " ", "’", " ")

// isSpace reports whether Python counts r as white space, as the reference
// scripts do. Python includes the four ASCII separators.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// withoutArticles replaces the words a, an and the with spaces. A word ends
// before a character that is not a letter or number of any script.
func withoutArticles(text string) string {
	var b strings.Builder
	word := -1 // start of the current word
	end := func(at int) {
		if word < 0 {
			return
		}
		switch w := text[word:at]; w {
		case "a", "an", "the":
			b.WriteByte(' ')
		default:
			b.WriteString(w)
		}
		word = -1
	}
	for i, r := range text {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_' {
			if word < 0 {
				word = i
			}
			continue
		}
		end(i)
		b.WriteRune(r)
	}
	end(len(text))
	return b.String()
}

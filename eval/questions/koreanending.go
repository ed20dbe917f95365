package questions

import (
	"regexp"
	"strings"
)

// Code points of Hangul syllables are computed: each vowel has 28 finals (Unicode,
// section 3.12).
const (
	hangulFirst, hangulLast = 0xAC00, 0xD7A3
	finals                  = 28
	finalN, finalB          = 4, 17
	finalBS, finalSS        = 18, 20
)

// final returns the number of the final consonant of a syllable, 0 for none,
// and -1 if the rune is no syllable.
func final(r rune) int {
	if r < hangulFirst || r > hangulLast {
		return -1
	}
	return int(r-hangulFirst) % finals
}

var (
	// adjective and stateOf match stems whose questions end in 은가요 and ㄴ가요.
	adjective = regexp.MustCompile(`(?:많|높|낮|적|작|같|좋|길|짧|넓|좁|깊)$`)
	stateOf   = regexp.MustCompile(`(?:필요|가능|불가능|동일|중요|불과|충분|유일|상당|유사|적합|양호|저조|미미|활발|심각|다양|해당)하$`)
	verbInI   = regexp.MustCompile(`(?:^|\s)(?:보|모|쓰|줄|높|들|붙|놓|쌓|섞|움직|기울|먹)입니다$`)
	command   = regexp.MustCompile(`^(.*\S)\s?(?:주십시오|주시기 바랍니다|주세요)$`)
)

// askSentence turns the ending of a whole sentence into one that asks.
func askSentence(s string) (string, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), ".")
	if m := command.FindStringSubmatch(s); m != nil {
		r := []rune(m[1])
		if strings.HasSuffix(m[1], "말아") || !opensMouth(r[len(r)-1]) {
			return "", false
		}
		return m[1] + "야 하나요", true
	}
	if m := noun.FindStringSubmatch(s); m != nil {
		return askNoun(m[1], m[2])
	}
	switch {
	case strings.HasSuffix(s, "바랍니다"), strings.HasSuffix(s, "것입니다"), strings.HasSuffix(s, "것이다"), strings.HasSuffix(s, "아닙니다"), strings.HasSuffix(s, "아니다"), strings.HasSuffix(s, "때문이다"), strings.HasSuffix(s, "때문입니다"):
		return "", false
	case verbInI.MatchString(s): // 보이다, 모이다
		return strings.TrimSuffix(s, "입니다") + "이나요", true
	case strings.HasSuffix(s, "입니다"):
		return strings.TrimSuffix(s, "입니다") + "인가요", true
	case strings.HasSuffix(s, "습니다"):
		return askStem(strings.TrimSuffix(s, "습니다"))
	case strings.HasSuffix(s, "니다"):
		return askOpen(strings.TrimSuffix(s, "니다"), finalB)
	case strings.HasSuffix(s, "는다"):
		return strings.TrimSuffix(s, "는다") + "나요", true
	case strings.HasSuffix(s, "이다"):
		return strings.TrimSuffix(s, "이다") + "인가요", true
	case strings.HasSuffix(s, "다"):
		stem := strings.TrimSuffix(s, "다")
		r := []rune(stem)
		if len(r) == 0 {
			return "", false
		}
		if stateOf.MatchString(stem) { // 불과하다
			return askOpenVowel(stem)
		}
		if f := final(r[len(r)-1]); f == finalSS || f == finalBS {
			return stem + "나요", true
		}
		return askOpen(stem, finalN)
	}
	return "", false
}

// noun matches a sentence that ends in a nominal ending, as items of lists do:
// 집계됨.
var noun = regexp.MustCompile(`^(.*\S)(함|됨|임|음)$`)

// endsInNoun reports whether a line ends in a nominal ending.
func endsInNoun(line string) bool { return noun.MatchString(line) }

func askNoun(before, ending string) (string, bool) {
	switch ending {
	case "함":
		return askOpenVowel(before + "하")
	case "됨":
		return before + "되나요", true
	case "음":
		r := []rune(before)
		if f := final(r[len(r)-1]); f == finalSS || f == finalBS {
			return before + "나요", true
		}
		return "", false
	}
	if verbInI.MatchString(before + "입니다") {
		return before + "이나요", true
	}
	return before + "인가요", true
}

// askOpenVowel turns a stem that ends in a vowel into a question.
func askOpenVowel(stem string) (string, bool) {
	if !stateOf.MatchString(stem) {
		return stem + "나요", true
	}
	r := []rune(stem)
	r[len(r)-1] += finalN
	return string(r) + "가요", true
}

// askStem turns a stem that ends in a consonant into a question.
func askStem(stem string) (string, bool) {
	if adjective.MatchString(stem) {
		return stem + "은가요", true
	}
	return stem + "나요", stem != ""
}

// askOpen turns a stem into a question if its last syllable has the final
// consonant of the ending, as 합 of 합니다 and 한 of 한다 have.
func askOpen(stem string, consonant int) (string, bool) {
	r := []rune(stem)
	if len(r) == 0 || final(r[len(r)-1]) != consonant {
		return "", false
	}
	r[len(r)-1] -= rune(consonant)
	return askOpenVowel(string(r))
}

// askClause turns a clause before a connective ending into a question.
func askClause(clause, connective string) (string, bool) {
	r := []rune(clause)
	if len(r) == 0 {
		return "", false
	}
	last := r[len(r)-1]
	switch {
	case connective == "이고" || last == '이': // 11개이며
		return strings.TrimSuffix(clause, "이") + "인가요", connective == "이고" || copulaBefore.MatchString(clause)
	case connective == "으며" || connective == "으나":
		return askStem(clause)
	case final(last) == -1:
		return "", false
	}
	return askOpenVowel(clause)
}

var copulaBefore = regexp.MustCompile(`(?:언제|몇 시|얼마|며칠|몇 \S+|요일)이$`)

// opensMouth reports whether a syllable ends in a vowel after which 주다 can
// follow a verb, as in 해, 어, 아, 여, 와 and 워.
func opensMouth(r rune) bool {
	if final(r) != 0 {
		return false
	}
	switch vowel := int(r-hangulFirst) / finals % 21; vowel {
	case 0, 1, 4, 5, 6, 9, 10, 14: // ㅏ ㅐ ㅓ ㅔ ㅕ ㅘ ㅙ ㅝ
		return true
	}
	return false
}

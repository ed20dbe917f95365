package agent

import (
	"context"
	"maps"
	"strings"
	"unicode"

	"selfrag/prompts"
	"selfrag/retrieval"
)

// Standalone writes a follow-up question as one that is complete in itself.
// It returns the question as it is where code can see that the model's went
// wrong: a question that names too little is a lesser harm than another one.
func (s *Steps) Standalone(ctx context.Context, in prompts.Standalone) (string, error) {
	language := languageOf(in)
	p, err := s.prompts.Render(prompts.NameStandalone, language, in)
	if err != nil {
		return "", err
	}
	text, err := s.caller.write(ctx, p, 96, nil)
	if err != nil {
		return "", err
	}
	text, _, _ = strings.Cut(text, "\n")
	text = strings.Trim(text, "\"“” ")
	if !resolves(text, in, language) {
		return in.Question, nil
	}
	return text, nil
}

// languageOf is the language of a follow-up question. One of two words
// without Hangul, such as a name or a year, is in the language of the question
// before it.
func languageOf(in prompts.Standalone) string {
	if hasHangul(in.Question) {
		return "ko"
	}
	if len(strings.Fields(in.Question)) <= 2 {
		for i := len(in.History) - 1; i >= 0; i-- {
			if asked, ok := strings.CutPrefix(in.History[i], "User: "); ok {
				return retrieval.Language(asked)
			}
		}
	}
	return retrieval.Language(in.Question)
}

// longestStandalone bounds, in runes, what a complete question may add to the
// question as asked.
const longestStandalone = 200

// leastKnown is the share of a complete question's words that the
// conversation must hold: the rest are endings and small words.
const leastKnown = 0.5

// resolves tells whether a text can be the question, made complete: in its
// language, not much longer, with every number and name that it has, about
// something that it is about, and with no number or name that was not said.
func resolves(text string, in prompts.Standalone, language string) bool {
	extra := len([]rune(text)) - len([]rune(in.Question))
	if text == "" || extra > longestStandalone || hasHangul(text) != (language == "ko") {
		return false
	}
	said := in.Question + "\n" + strings.Join(in.History, "\n")
	if !holdsFacts(text, in.Question) || !holdsFacts(said, text) {
		return false
	}
	have := keywords(text)
	if asked := topical(in.Question); len(asked) > 0 && shareOf(asked, have) == 0 {
		return false
	}
	return shareOf(have, keywords(said)) >= leastKnown
}

// holdsFacts tells whether a text holds every number and name of another.
func holdsFacts(text, of string) bool {
	have := map[string]bool{}
	for _, n := range numbers(text) {
		have[n] = true
	}
	for _, w := range words(text) {
		have[strings.ToLower(w)] = true
	}
	for _, fact := range append(numbers(of), names(of)...) {
		if !have[strings.ToLower(fact)] {
			return false
		}
	}
	return true
}

// topical are the keywords of a question without the words that point back at
// the conversation, or that every question has.
func topical(question string) map[string]bool {
	out := keywords(question)
	maps.DeleteFunc(out, func(word string, _ bool) bool { return pointing[word] })
	return out
}

// pointing are words, in Korean pairs of letters, that a complete question
// need not keep.
var pointing = wordSet(`a about all also an and another any are at be but by can could did do does else for from had has have he her
	hers him his how i in is it its me more much my of on one ones or other others please s same she so tell than that the their them then
	there these they this those to too us was we were what when where which who whom whose why will with would you your
	그건 그것 그게 그럼 그러 러면 그리 리고 그분 그사 사람 그중 거기 그곳 거긴 여기 저기 이건 이것 그때 그런 근데 그래 왜요 누구 구인 구예 인가 가요 나요 은요 는요
	어디 디에 디인 언제 제인 무엇 엇인 뭐야 뭔가 뭐예 예요 몇개 얼마 마나 어떻 떻게 어때 때요 또한 다른 요즘 알려 려줘 주세 세요 니까 습니 입니 합니 있나 있어 어요`)

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

func hasHangul(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

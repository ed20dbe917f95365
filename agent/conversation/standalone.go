package conversation

import (
	"context"
	"maps"
	"slices"
	"strings"

	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// Standalone returns a follow-up question in a form that is complete in itself,
// rewritten by the model. If the model only repeats the question, or code sees
// that the rewritten question is wrong, Standalone returns the original
// question. If the original question contains a word that points back, such as
// "it", Standalone puts the text of the last turn in front of it.
//
// Without a model, Standalone puts the last complete question in front of a
// follow-up question.
func Standalone(ctx context.Context, m Model, in prompts.Standalone) (string, error) {
	if m == nil {
		return withQuestionBefore(in), nil
	}
	inLanguage := languageSource(in)
	p, err := m.Render(prompts.NameStandalone, inLanguage, in)
	if err != nil {
		return "", err
	}
	written, err := m.Write(ctx, p, call.Sampling{MaxTokens: standaloneTokens})
	if err != nil {
		return "", err
	}
	written = text.FirstLine(written)
	if text.Normalise(written) != text.Normalise(in.Question) && resolves(written, in, text.Language(inLanguage)) {
		return written, nil
	}
	if len(in.History) > 0 && pointsBack(in.Question) {
		return inContext(in), nil
	}
	return in.Question, nil
}

// inContext returns a question with the last answer in front of it. If that
// answer is only a few words, the previous question comes before the answer.
func inContext(in prompts.Standalone) string {
	last := in.History[max(0, len(in.History)-2):]
	if answer, ok := strings.CutPrefix(last[len(last)-1], "Assistant: "); ok && len(strings.Fields(answer)) >= 4 {
		last = last[len(last)-1:]
	}
	var said []string
	for _, turn := range last {
		if _, words, ok := strings.Cut(turn, ": "); ok && words != "" {
			said = append(said, text.Shortened(words, longestStandalone))
		}
	}
	return strings.Join(append(said, in.Question), " ")
}

// languageSource returns the question that determines the language of the
// rewritten question. For a question of at most two words without Hangul, such
// as a name or a year, this is the previous question. Otherwise it is the
// question itself.
func languageSource(in prompts.Standalone) string {
	if len(strings.Fields(in.Question)) <= 2 && !text.HasHangul(in.Question) {
		for i := len(in.History) - 1; i >= 0; i-- {
			if asked, ok := strings.CutPrefix(in.History[i], "User: "); ok {
				return asked
			}
		}
	}
	return in.Question
}

// standaloneTokens is the token limit of a complete question. Not measured.
const standaloneTokens = 96

// longestStandalone is the maximum number of runes by which a rewritten
// question may be longer than the original. Not measured.
const longestStandalone = 200

// leastKnown is the minimum share of a rewritten question's words that must be
// in the conversation. The other words are endings and function words. Not
// measured.
const leastKnown = 0.5

// resolves reports whether the text rewritten can be the complete form of a
// follow-up question. The text must be a question in the given language and not
// much longer than the follow-up question. It must contain every number and
// name of the follow-up question and one of its topical words, and a word of
// the conversation. It must not contain a number or name that is in neither the
// follow-up question nor the conversation.
func resolves(rewritten string, in prompts.Standalone, language string) bool {
	extra := len([]rune(rewritten)) - len([]rune(in.Question))
	if !strings.HasSuffix(rewritten, "?") || extra > longestStandalone || text.Language(rewritten) != language {
		return false
	}
	said := in.Question + "\n" + strings.Join(in.History, "\n")
	if !holdsFacts(rewritten, in.Question) || !holdsFacts(said, rewritten) {
		return false
	}
	have := text.Keywords(rewritten)
	if asked := topical(in.Question); len(asked) > 0 && text.Share(asked, have) == 0 {
		return false
	}
	asked := text.Keywords(in.Question)
	added := text.Keywords(strings.Join(in.History, "\n"))
	maps.DeleteFunc(added, func(word string, _ bool) bool { return asked[word] || small[word] })
	if text.Share(have, added) == 0 {
		return false
	}
	return text.Share(have, text.Keywords(said)) >= leastKnown
}

// holdsFacts reports whether the first text contains every number and name of
// the second.
func holdsFacts(in, of string) bool {
	have := map[string]bool{}
	for _, n := range text.Numbers(in) {
		have[n] = true
	}
	for _, w := range text.Words(in) {
		have[strings.ToLower(w)] = true
	}
	for _, fact := range append(text.Numbers(of), text.Names(of)...) {
		if !have[strings.ToLower(fact)] {
			return false
		}
	}
	return true
}

// pointsBack reports whether a question can only be understood from the
// conversation. Such a question contains a word that points back, such as "it",
// or almost only words without a topic, such as "what".
func pointsBack(question string) bool {
	if holdsPointer(question) || begins(question, "and ", "what about ", "how about ", "why") {
		return true
	}
	if text.Language(question) == "ko" {
		return len(strings.Fields(question)) <= 1
	}
	return len(topical(question)) <= 1
}

// begins reports whether a question begins with one of the words.
func begins(question string, words ...string) bool {
	asked := strings.ToLower(question)
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(asked, w) })
}

// holdsPointer reports whether a question contains a word that points back,
// such as "it".
func holdsPointer(question string) bool {
	words := text.Words(strings.ToLower(question))
	before := func(i int) string {
		if i < 0 {
			return ""
		}
		return words[i]
	}
	for i, w := range words {
		switch {
		case pointing[w],
			// "that" does not point back in "the team that leads".
			(w == "that" || w == "this") && !naming[before(i-2)],
			// "there" does not point back in "is there a team".
			w == "there" && !being[before(i-1)]:
			return true
		}
	}
	return false
}

// topical returns the keywords of a question that tell its topic, without words
// such as "it" and "what".
func topical(question string) map[string]bool {
	out := text.Keywords(question)
	maps.DeleteFunc(out, func(word string, _ bool) bool { return pointing[word] || small[word] })
	return out
}

// pointing holds words that point back to the conversation.
var pointing = text.SetOf(`it its itself he him his she her hers they them their theirs those these
	그 그가 그는 그의 그를 그건 그것 그것은 그것이 그것을 그것의 그게 그걸 그럼 그러면 그리고 그중 그중에 그중에서 그때 그때는 그곳 그곳은 그곳의 그곳에는 그곳에서
	그분 그분은 그분이 그분의 그사람 그들 그들은 그들이 그들의 거기 거기는 거긴 거기의 거기에 거기에는 거기서 거기에서 이건 이것 이것은 이게 여기 여기는 이들 저건 저것 왜 왜요`)

// naming holds the words that begin a phrase such as "the team that leads". In
// such a phrase "that" does not point back.
var naming = text.SetOf("the a an any every each all which what no")

var being = text.SetOf("is are was were be been isn aren wasn weren t")

// small holds words that say nothing about the topic of a question. The Korean
// entries are pairs of syllables, because text.Keywords splits Korean words
// into pairs.
var small = text.SetOf(`a about all also an and another any are at be but by can could did do does else for from had has have how i in
	is me more much many my of on or other others please same so tell than that the there this to too us was we were what when where which who whom
	whose why will with would you your
	그건 그것 그게 그럼 그러 러면 그리 리고 그분 그중 거기 그곳 거긴 여기 저기 이건 이것 그때 그런 근데 그래 왜요 누구 구인 구예 인가 가요 나요 은요 는요
	어디 디에 디인 언제 제인 무엇 엇인 뭐야 뭔가 뭐예 예요 얼마 마나 어떻 떻게 어때 때요 알려 려줘 주세 세요 니까 습니 입니 합니 있나 있어 어요`)

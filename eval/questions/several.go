package questions

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/eval"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// joined is a pair of questions of one look-up, from two documents that share a
// name.
type joined struct {
	name          string
	first, second candidate
	bridge        bool // the answer to the first question contains the name, and the second question asks about it
}

// makeSeveral makes questions of two look-ups until there are upTo questions.
func (r *making) makeSeveral(ctx context.Context, upTo int) error {
	pairs := r.pairs()
	used := map[string]bool{}
	names := map[string]int{}
	for _, p := range pairs {
		if len(r.made.Questions) >= upTo {
			return nil
		}
		if used[p.first.key()] || used[p.second.key()] || names[p.name] >= mostOfName {
			continue
		}
		q, ok, err := r.join(ctx, p)
		if err != nil {
			return err
		}
		if ok {
			used[p.first.key()], used[p.second.key()] = true, true
			names[p.name]++
			r.add(q, "several")
		}
	}
	return nil
}

// mostOfName is the maximum number of questions about one name. Not measured.
const mostOfName = 2

// pairs returns the pairs of candidates that can be joined, in a random order.
// Pairs over a bridge come first.
func (r *making) pairs() []joined {
	var bridges, sides []joined
	for _, name := range r.sortedNames() {
		var about []candidate
		for _, i := range r.names[name] {
			for _, k := range r.Corpus.candidates(i, false) {
				if strings.Contains(k.ask(), name) && k.unit != "text" && !strings.Contains(k.answer, name) || k.unit == "name" && strings.Contains(k.answer, name) {
					about = append(about, k)
				}
			}
		}
		r.random.Shuffle(len(about), func(i, j int) { about[i], about[j] = about[j], about[i] })
		for i, a := range about {
			for _, b := range about[i+1:] {
				if a.document == b.document || text.Language(a.plain) != text.Language(b.plain) || !r.wanted(language(a)) {
					continue
				}
				switch {
				case strings.Contains(a.answer, name) && !strings.Contains(b.answer, name):
					bridges = append(bridges, joined{name, a, b, true})
				case strings.Contains(b.answer, name) && !strings.Contains(a.answer, name):
					bridges = append(bridges, joined{name, b, a, true})
				case a.unit != "name" && b.unit != "name":
					sides = append(sides, joined{name, a, b, false})
				}
			}
		}
	}
	if r.Write == nil {
		bridges = nil // code alone cannot put the first question in place of the name
	}
	for _, list := range [][]joined{bridges, sides} {
		r.random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	return append(bridges, sides...)
}

// join makes one question of two. Each of the two must be a sound question by
// itself.
func (r *making) join(ctx context.Context, p joined) (q Question, ok bool, err error) {
	for _, k := range []candidate{p.first, p.second} {
		question := k.ask()
		why := checkText(question, k, false)
		if why == "" {
			if why, err = r.checkEvidence(ctx, question, k); err != nil {
				return q, false, err
			}
		}
		if why != "" {
			r.made.Left[why]++
			return q, false, nil
		}
	}
	question, by := beside(p.first.ask(), p.second.ask()), ByCode
	if p.bridge {
		if question, by, err = r.bridged(ctx, p); err != nil || question == "" {
			r.made.Left[Unwritten]++
			return q, false, err
		}
	}
	if repeats(question, r.made.Questions) {
		r.made.Left[Duplicate]++
		return q, false, nil
	}
	a, b := r.Corpus.questionOf(p.first, p.first.ask(), by), r.Corpus.questionOf(p.second, p.second.ask(), by)
	q = Question{
		Text: question, HopCount: 2, Answerable: true, MadeBy: by, Language: text.Language(question),
		Hops: slices.Concat(a.Hops, b.Hops), Evidence: slices.Concat(a.Evidence, b.Evidence),
	}
	if p.bridge {
		q.Answers = b.Answers
		return q, true, nil
	}
	q.Answers = []string{}
	q.Must = []eval.Fact{{p.first.answer}, {p.second.answer}}
	return q, true, nil
}

// beside returns two questions as one, joined with "and".
func beside(first, second string) string {
	if text.Language(first) == "ko" {
		return first + " 그리고 " + second
	}
	r, size := utf8.DecodeRuneInString(second)
	return strings.TrimSuffix(first, "?") + ", and " + string(unicode.ToLower(r)) + second[size:]
}

// bridged has the model write the second question with the first one in place of
// the name. It returns "" if the reply is no such question.
func (r *making) bridged(ctx context.Context, p joined) (question, by string, err error) {
	language := text.Language(p.second.plain)
	written, err := r.Write(ctx, prompts.NameJoinQuestions, language, prompts.JoinQuestions{
		First: p.first.plain, Answer: p.first.answer, Second: p.second.plain,
	})
	if err != nil {
		return "", "", err
	}
	question = text.FirstLine(written)
	asked := text.Keywords(text.WithoutAsking(question))
	for _, of := range []string{p.first.plain, p.second.plain} {
		if text.Share(text.Keywords(strings.ReplaceAll(text.WithoutAsking(of), p.name, " ")), asked) < leastOfEach {
			return "", "", nil
		}
	}
	if strings.Contains(question, p.name) || checkText(question, p.second, false) != "" || tells(question, p.first) {
		return "", "", nil
	}
	return question, r.Model, nil
}

// leastOfEach is the minimum share of the words of each question that the joined
// question must contain. Not measured.
const leastOfEach = 0.4

package claim

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"

	"selfrag/retrieval/text"
)

// Rule is a thing that code does about claims. Each can be left out
// (Sources.Without).
type Rule string

// The rules by which code sees that passages do not say what a sentence claims,
// in the order in which Check tries them.
const (
	RuleCitation Rule = "citation" // the sentence cites no passage
	RuleNumber   Rule = "number"   // no passage that it cites holds a number of it
	RuleMonth    Rule = "month"    // none names a month of it, in whatever language
	RuleName     Rule = "name"     // none holds a name of it, in Latin script
	RuleSubject  Rule = "subject"  // none names what the question asks about, by its title
	RuleWords    Rule = "words"    // they share less than half of its words
	RuleUnit     Rule = "unit"     // the number stands nowhere with what the question counts
	RulePart     Rule = "part"     // it names a group that a question for a person only describes
)

// Two more refute nothing.
const (
	RuleAttribute Rule = "attribute" // mends citations (Parse)
	RuleCommon    Rule = "common"    // a name of the question that three documents hold may be missing
)

// Rules are all rules by name.
func Rules() []Rule {
	return []Rule{RuleCitation, RuleNumber, RuleMonth, RuleName, RuleSubject, RuleWords, RuleUnit, RulePart, RuleAttribute, RuleCommon}
}

// Verdict says whether code sees that passages do not say what a sentence
// claims, and if so by which rule and which fact: "number", "1300". The zero
// value refutes nothing.
type Verdict struct {
	Refuted bool   `json:"-"`
	Rule    Rule   `json:"rule"`
	Fact    string `json:"fact,omitempty"` // as it is read of the sentence; of RuleWords the share; of RuleCitation nothing
}

// UnmarshalJSON reads a verdict that refutes, the only kind that is written.
func (v *Verdict) UnmarshalJSON(b []byte) error {
	var read struct {
		Rule Rule   `json:"rule"`
		Fact string `json:"fact"`
	}
	if err := json.Unmarshal(b, &read); err != nil {
		return fmt.Errorf("read a verdict: %w", err)
	}
	*v = Verdict{read.Rule != "", read.Rule, read.Fact}
	return nil
}

func refutes(r Rule, fact string) Verdict { return Verdict{Refuted: true, Rule: r, Fact: fact} }

// Because is why a sentence is refuted, in English or, by "ko", in Korean: "no
// passage it cites holds 1300". It is empty for one that is not.
func (v Verdict) Because(language string) string {
	words := map[Rule][2]string{
		RuleCitation: {"it cites no passage", "인용한 문단이 없음"},
		RuleNumber:   {"no passage it cites holds %s", "인용한 문단에 없는 수 %s"},
		RuleMonth:    {"no passage it cites names the month %s", "인용한 문단에 없는 달 %s"},
		RuleName:     {"no passage it cites names %s", "인용한 문단에 없는 이름 %s"},
		RuleSubject:  {"no passage it cites is about %s", "인용한 문단이 다루지 않는 대상 %s"},
		RuleWords:    {"the passages it cites hold only %s of its words", "인용한 문단에 있는 낱말이 %s뿐"},
		RuleUnit:     {"no passage it cites counts what was asked by %s", "인용한 문단의 %s은(는) 물어본 것의 수가 아님"},
		RulePart:     {"%s is what the question describes, and it asks who", "%s은(는) 물어본 사람이 아님"},
	}[v.Rule]
	if !v.Refuted {
		return ""
	}
	said := words[0]
	if language == "ko" {
		said = words[1]
	}
	if v.Fact == "" {
		return said
	}
	return fmt.Sprintf(said, v.Fact)
}

// Check holds a sentence to the passages that it cites. Names and words are
// compared only with passages in the sentence's language: others spell them
// otherwise.
func Check(s Sentence, in Sources) Verdict {
	if len(s.Passages) == 0 {
		if in.applies(RuleCitation) {
			return refutes(RuleCitation, "")
		}
		return Verdict{}
	}
	if v := missingNumber(s, in); v.Refuted {
		return v
	}
	for _, rule := range []func(Sentence, Sources) Verdict{wrongUnit, partOfQuestion} {
		if v := rule(s, in); v.Refuted {
			return v
		}
	}
	have := text.Set{}
	for _, searchable := range in.cited(s) {
		if text.Language(searchable) != text.Language(s.Text) {
			return Verdict{}
		}
		maps.Copy(have, text.Keywords(searchable))
	}
	if v := missingName(s, in); v.Refuted {
		return v
	}
	return tooFewWords(s, in, have)
}

// tooFewWords refutes a sentence of which the passages hold less than half of
// the words. Those of the sub-question that it answers are the question's, and
// need not be the passages'; nor need common names be.
func tooFewWords(s Sentence, in Sources, have text.Set) Verdict {
	said := text.Keywords(s.Text)
	if asked := text.Keywords(s.Subquery); text.Share(said, asked) < 1 { // else the answer is one of the words asked about
		maps.DeleteFunc(said, func(word string, _ bool) bool { return asked[word] })
	}
	maps.DeleteFunc(said, func(word string, _ bool) bool { return in.isCommon(word) })
	share := text.Share(said, have)
	if share >= leastShare || !in.applies(RuleWords) {
		return Verdict{}
	}
	return refutes(RuleWords, fmt.Sprintf("%d%%", int(math.Floor(100*share))))
}

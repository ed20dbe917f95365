package claim

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"

	"selfrag/retrieval/text"
)

// Rule is the name of a check that code makes on claims. Each rule can be left
// out (Sources.Without).
type Rule string

// The rules that refute a sentence whose passages do not say what it claims, in
// the order in which Check applies them.
const (
	RuleCitation Rule = "citation" // the sentence cites no passage
	RuleNumber   Rule = "number"   // a number of the sentence is in no cited passage
	RuleMonth    Rule = "month"    // no cited passage names a month of the sentence, in English or Korean
	RuleName     Rule = "name"     // a name of the sentence, in Latin script, is in no cited passage
	RuleSubject  Rule = "subject"  // the sentence names the subject of the question, and no cited passage does
	RuleWords    Rule = "words"    // the cited passages contain less than half of the words of the sentence (a quarter for a short answer of the kind that is asked for)
	RuleUnit     Rule = "unit"     // the question asks how many or for a price, and the value counts something else
	RulePart     Rule = "part"     // the question asks who, and the sentence names a group instead
)

// The rules that refute no sentence.
const (
	RuleAttribute Rule = "attribute" // Parse corrects a missing or wrong citation
	RuleCommon    Rule = "common"    // a cited passage need not contain a name of the question that is in three documents
)

// Rules returns all rules.
func Rules() []Rule {
	return []Rule{RuleCitation, RuleNumber, RuleMonth, RuleName, RuleSubject, RuleWords, RuleUnit, RulePart, RuleAttribute, RuleCommon}
}

// Verdict is the result of checking a sentence by code, without a model. If the
// sentence is refuted, Rule names the check that failed, such as "number", and
// Fact is the part of the sentence that failed it, such as "1300". The zero
// value means that the sentence is not refuted.
type Verdict struct {
	Refuted bool   `json:"-"`
	Rule    Rule   `json:"rule"`
	Fact    string `json:"fact,omitempty"` // the refuted text, such as "1300"; a share such as "40%" for RuleWords; empty for RuleCitation
}

// UnmarshalJSON reads a verdict that refutes a sentence. A verdict that refutes
// nothing is never written.
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

// Because returns the reason why a sentence is refuted, such as "no passage it
// cites holds 1300". The reason is in Korean for "ko" and in English otherwise.
// It is empty if the sentence is not refuted.
func (v Verdict) Because(language string) string {
	words := map[Rule][2]string{
		RuleCitation: {"it cites no passage", "인용한 문단이 없음"},
		RuleNumber:   {"no passage it cites holds %s", "인용한 문단에 없는 수 %s"},
		RuleMonth:    {"no passage it cites names the month %s", "인용한 문단에 없는 달 %s"},
		RuleName:     {"no passage it cites names %s", "인용한 문단에 없는 이름 %s"},
		RuleSubject:  {"no passage it cites is about %s", "인용한 문단이 다루지 않는 대상 %s"},
		RuleWords:    {"the passages it cites hold only %s of its words", "인용한 문단에 있는 단어가 %s뿐"},
		RuleUnit:     {"no passage it cites gives %s for what was asked", "질문이 묻는 수량이 아닌 %s"},
		RulePart:     {"the question asks who, and %s is only the group it describes", "질문이 묻는 사람이 아닌 %s"},
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

// Check compares a sentence with the passages that it cites. It compares
// numbers with passages in any language. It compares names and words only if
// all cited passages are in the language of the sentence, because another
// language spells them differently.
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

// leastValueShare replaces leastShare for a short answer of the kind that the
// question asks for, such as a date for "When". It is lower, because the words
// of the question count as words of the sentence (OfValue), and people ask in
// other words than documents use. A model of 1.5B parameters, asked about the
// demo's documents (the handbook, the town and the hospital), wrote ten such
// drafts that leastShare refused. Six were right, with 27% to 47% of their
// words in the passages. Four were wrong, three with 21% and one with 40%.
const leastValueShare = 0.25

// tooFewWords refutes a sentence if the cited passages contain less than half
// of its words. It does not count words of the sub-question, because they come
// from the question, nor common names (RuleCommon). For a short answer of the
// kind that the question asks for, such as a date for "When", a quarter of
// the words is enough.
func tooFewWords(s Sentence, in Sources, have text.Set) Verdict {
	said := text.Keywords(s.Text)
	if asked := text.Keywords(s.Subquery); text.Share(said, asked) < 1 { // do not drop the words of the sub-question if no word would be left
		maps.DeleteFunc(said, func(word string, _ bool) bool { return asked[word] })
	}
	maps.DeleteFunc(said, func(word string, _ bool) bool { return in.isCommon(word) })
	least := leastShare
	if asked, ok := s.asked(); ok && fits(asked, s.Value) {
		least = leastValueShare
	}
	share := text.Share(said, have)
	if share >= least || !in.applies(RuleWords) {
		return Verdict{}
	}
	return refutes(RuleWords, fmt.Sprintf("%d%%", int(math.Floor(100*share))))
}

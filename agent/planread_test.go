package agent

import (
	"slices"
	"testing"

	"selfrag/retrieval"
)

func TestReadPlan(t *testing.T) {
	const question = "In which city was the head of the firm that makes the Larkspur lamp born?"
	plan := Plan{"the firm that makes the Larkspur lamp", "the head of #1", "the city where #2 was born"}
	passages := []retrieval.Passage{
		passage("Larkspur lamp", "The Larkspur lamp is made by Tamsin Works of Norvale."),
		passage("Tamsin Works", "Tamsin Works has been led by Ana Ruiz since 2019."),
		passage("Ana Ruiz", "Ana Ruiz was born in Orrel."),
	}
	for _, tc := range []struct {
		name, text string
		want       []string
		from       []int
		next       string // what is left to look up
	}{
		{"the whole way", "A = Tamsin Works\nB = Ana Ruiz [2]\nC = \"Orrel\".",
			[]string{"The firm that makes the Larkspur lamp: Tamsin Works.", "The head of Tamsin Works: Ana Ruiz.", "The city where Ana Ruiz was born: Orrel."}, []int{0, 1, 2}, ""},
		{"a name that no passage holds ends it", "A = Tamsin Works\nB = Bea Soto\nC = Orrel", []string{"The firm that makes the Larkspur lamp: Tamsin Works."}, []int{0}, "the head of Tamsin Works"},
		{"not found ends it", "A = Tamsin Works\nB = NOT FOUND\nC = Orrel", []string{"The firm that makes the Larkspur lamp: Tamsin Works."}, []int{0}, "the head of Tamsin Works"},
		{"a line is missing", "A = Tamsin Works\nC = Orrel", []string{"The firm that makes the Larkspur lamp: Tamsin Works."}, []int{0}, "the head of Tamsin Works"},
		{"the description again", "A = the firm that makes the Larkspur lamp\nB = Ana Ruiz\nC = Orrel", nil, nil, "the firm that makes the Larkspur lamp"},
		{"an essay in place of a name", "A = Tamsin Works is made by the Larkspur lamp which is made by Tamsin Works of Norvale", nil, nil, "the firm that makes the Larkspur lamp"},
		{"no line", "The answer is Orrel.", nil, nil, "the firm that makes the Larkspur lamp"},
		{"nothing", "", nil, nil, "the firm that makes the Larkspur lamp"},
	} {
		p := NewProgress(question, plan)
		p.read(tc.text, passages)
		var texts []string
		var from []int
		for _, s := range p.sentences {
			texts = append(texts, s.Text)
			from = append(from, slices.IndexFunc(passages, func(of retrieval.Passage) bool { return of.ID == p.passages[s.Passages[0]].ID }))
		}
		if _, next := p.Next(); !slices.Equal(texts, tc.want) || !slices.Equal(from, tc.from) || p.Complete() != (tc.next == "") || next != tc.next {
			t.Errorf("%s: got %q from %v, then %q", tc.name, texts, from, next)
		}
	}
}

// A name that the question holds is a step of the plan that needs no answer.
func TestReadPlanKnowsTheQuestionsNames(t *testing.T) {
	p := NewProgress("Who makes the Larkspur Lamp?", Plan{"Larkspur Lamp", "the firm that makes #1"})
	p.read("A = the lamp\nB = Tamsin Works", []retrieval.Passage{passage("", "The Larkspur Lamp is made by Tamsin Works.")})
	if len(p.sentences) != 1 || !p.Complete() || p.sentences[0].Text != "The firm that makes Larkspur Lamp: Tamsin Works." {
		t.Errorf("got %v, complete %t", p.sentences, p.Complete())
	}
}

// A look-up is not answered by what it asks about.
func TestTakeRefusesWhatALookUpAsksAbout(t *testing.T) {
	passages := []retrieval.Passage{passage("", "연차는 5일까지 이월할 수 있습니다."), passage("", "Tamsin Works of Orrel is led by Ana Ruiz.")}
	p := NewProgress("쓰지 못한 연차는 얼마로 정산되나요?", Plan{"쓰지 못한 연차", "#1가 정산되는 금액"})
	if !p.Take("5일", passages) || p.Take("5일", passages) || p.Complete() {
		t.Errorf("got %v", p.sentences)
	}
	p = NewProgress("Who leads the maker, and where is it?", Plan{"the firm that Ana Ruiz leads", "the seat of #1", "the namesake of the seat"})
	if !p.Take("Tamsin Works", passages) || p.Take("tamsin works", passages) || !p.Take("Orrel", passages) || !p.Take("Orrel", passages) {
		t.Errorf("got %v", p.sentences)
	}
}

// What is not supported is looked up again once, and so is what followed it.
func TestProgressReconsiders(t *testing.T) {
	p := NewProgress("Where was the head of the maker of the lamp born?", Plan{"the maker of the lamp", "the head of #1", "the city where #2 was born"})
	passages := []retrieval.Passage{passage("", "Tamsin Works makes the lamp."), passage("", "Ana Ruiz leads Tamsin Works."), passage("", "Ana Ruiz was born in Orrel. Bea Soto was born in Norvale.")}
	p.read("A = Tamsin Works\nB = Bea Soto\nC = Norvale", passages)
	if !p.Complete() {
		t.Fatalf("got %v", p.sentences)
	}
	if !p.reconsider(p.sentences[:1]) || p.Complete() {
		t.Fatal("no look-up is reconsidered")
	}
	if n, lookup := p.Next(); n != 2 || lookup != "the head of Tamsin Works" || len(p.passages) != 1 {
		t.Errorf("goes on with %d, %q, from %d passages", n, lookup, len(p.passages))
	}
	p.searched[2] = true
	if !p.Take("Ana Ruiz", passages) || !p.Take("Orrel", passages) || p.reconsider(p.sentences[:1]) {
		t.Errorf("a look-up is searched for twice: %v", p.sentences)
	}
	if !p.Complete() || p.reconsider(p.sentences) {
		t.Error("a supported answer is reconsidered")
	}
}

// The plans are what a model of 1.5 billion parameters wrote.
func TestChains(t *testing.T) {
	for _, tc := range []struct {
		question, plan string
		want           bool
	}{
		{"Who leads the team that owns Tidegate?", "A = Tidegate\nB = the team that owns A\nC = the leader of B", true},
		{"What is the extension number of the person who runs Landing Week?", "A = the person who runs Landing Week\nB = the extension number of A", true},
		{"콜드핀치(Coldfinch)를 담당하는 팀의 팀장은 누구인가요?", "A = 콜드핀치(Coldfinch)를 담당하는 팀\nB = A의 팀장", true},
		{"After how many months is a Narubyeol company laptop replaced with a new one?", "A = Narubyeol company laptop\nB = the number of months after which it is replaced", false},
		{"Under the on-call rules in force since February 2026, within how many minutes must a page be acknowledged?", "A = the on-call rules in force since February 2026\nB = within how many minutes must a page be acknowledged", false},
		{"How large is the referral bonus for an employee whose referred candidate was hired?", "A = the referral bonus\nB = the employee's referred candidate\nC = the three months that the referred candidate has worked", false},
		{"In which city was Narubyeol founded under the name Mulgil Data?", "A = Narubyeol\nB = Mulgil Data\nC = the city of B", false},
		{"콜드핀치(Coldfinch)가 대체한 이전 제품은 무엇인가요?", "A = 콜드핀치(Coldfinch)가 대체한 이전 제품\nB = A를 대체한 이전 제품", false},
		{"나루별의 교육비는 한 사람당 해마다 얼마까지 지원되나요?", "A = 나루별의 교육비\nB = 한 사람당 해마다 지원되는 금액", false},
	} {
		if got := parsePlan(tc.plan, tc.question).chains(tc.question); got != tc.want {
			t.Errorf("%q: got %t, want %t", tc.question, got, tc.want)
		}
	}
}

package multihop

import (
	"testing"

	"selfrag/retrieval"
)

// An earlier answer that a sub-question refers to does not answer it.
func TestTakeRefusesWhatASubQuestionAsksAbout(t *testing.T) {
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

// An unsupported answer is searched for once, and so are the answers after it.
func TestProgressReconsiders(t *testing.T) {
	p := NewProgress("Where was the head of the maker of the lamp born?", Plan{"the maker of the lamp", "the head of #1", "the city where #2 was born"})
	passages := []retrieval.Passage{passage("", "Tamsin Works makes the lamp."), passage("", "Ana Ruiz leads Tamsin Works."), passage("", "Ana Ruiz was born in Orrel. Bea Soto was born in Norvale.")}
	p.Read("A = Tamsin Works\nB = Bea Soto\nC = Norvale", passages)
	if !p.Complete() {
		t.Fatalf("got %v", p.sentences)
	}
	if !p.Reconsider(p.sentences[:1]) || p.Complete() {
		t.Fatal("no answer is reconsidered")
	}
	if n, sub := p.Next(); n != 2 || sub != "the head of Tamsin Works" || len(p.passages) != 1 {
		t.Errorf("goes on with %d, %q, from %d passages", n, sub, len(p.passages))
	}
	p.MarkSearched(2)
	if !p.Take("Ana Ruiz", passages) || !p.Take("Orrel", passages) || p.Reconsider(p.sentences[:1]) {
		t.Errorf("a sub-question is searched for twice: %v", p.sentences)
	}
	if !p.Complete() || p.Reconsider(p.sentences) {
		t.Error("a supported answer is reconsidered")
	}
}

// A draft that was given out does not change when its answers are reconsidered.
func TestProgressKeepsWhatItGaveOut(t *testing.T) {
	p := NewProgress("Who leads the maker of the lamp?", Plan{"the maker of the lamp", "the head of #1"})
	passages := []retrieval.Passage{passage("a", "Tamsin Works makes the lamp."), passage("b", "Bea Soto leads Quill Works."), passage("c", "Ana Ruiz leads Tamsin Works.")}
	if !p.Take("Tamsin Works", passages) || !p.Take("Bea Soto", passages) {
		t.Fatalf("got %v", p.Sentences())
	}
	draft, from := p.Draft(), p.Passages()
	if !p.Reconsider(p.Sentences()[:1]) || !p.Take("Ana Ruiz", passages) {
		t.Fatalf("got %v", p.Sentences())
	}
	if from[1].ID != "b" || draft.Sentences[0].Passages[0] != 1 || draft.Text != "The head of Tamsin Works: Bea Soto. The maker of the lamp: Tamsin Works." {
		t.Errorf("the draft %q now rests on %q", draft.Text, from[1].ID)
	}
	if p.Passages()[1].ID != "c" || p.Answer() != "Ana Ruiz" {
		t.Errorf("the answer is %q from %q", p.Answer(), p.Passages()[1].ID)
	}
}

func TestNilProgressIsAtItsEnd(t *testing.T) {
	var p *Progress
	if n, _ := p.Next(); n != 0 || p.Complete() {
		t.Errorf("goes on with %d, complete %t", n, p.Complete())
	}
}

func FuzzRead(f *testing.F) {
	f.Add("A = Tamsin Works\nB = Ana Ruiz")
	f.Add("A = \u3000\nB = #1")
	f.Add("1. Orrel [3]\nA: \"Ana\"")
	passages := []retrieval.Passage{passage("a", "Tamsin Works makes the lamp."), passage("b", "아나 루이스는 Tamsin Works를 이끕니다.")}
	f.Fuzz(func(t *testing.T, written string) {
		p := NewProgress("Who leads the maker of the lamp?", Plan{"the maker of the lamp", "the head of #1"})
		p.Read(written, passages)
		sentences, from := p.Sentences(), p.Passages()
		if len(sentences) != len(from) || len(sentences) > 2 || p.Complete() != (len(sentences) == 2) {
			t.Fatalf("%d sentences from %d passages, complete: %t", len(sentences), len(from), p.Complete())
		}
		for i, s := range sentences {
			if len(s.Passages) != 1 || s.Passages[0] != i {
				t.Errorf("sentence %d cites %v", i, s.Passages)
			}
		}
	})
}

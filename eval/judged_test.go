package eval

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// holdsWords is a judge for which texts support what they contain word for
// word.
type holdsWords struct{}

func (holdsWords) Supports(_ context.Context, passages []string, statement string) (bool, error) {
	all := " " + strings.Join(passages, " ") + " "
	for _, w := range strings.Fields(statement) {
		if !strings.Contains(all, " "+w+" ") {
			return false, nil
		}
	}
	return true, nil
}

func TestStatements(t *testing.T) {
	got := Statements("Ana leads it. [1] [2] 서울에 있다. [3] And more [9].", map[int]string{1: "x", 2: "y", 3: "z"})
	want := []Statement{{"Ana leads it.", []string{"x", "y"}}, {"서울에 있다.", []string{"z"}}, {"And more", nil}, {".", nil}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if got := Statements(" ", nil); got != nil {
		t.Errorf("of nothing: %q", got)
	}
}

func TestCitations(t *testing.T) {
	for _, tc := range []struct {
		name              string
		statements        []Statement
		recall, precision float64
	}{
		{"nothing", nil, 0, 0},
		{"no citation", []Statement{{"a b", nil}}, 0, 0},
		{"one that supports", []Statement{{"a b", []string{"a b c"}}}, 1, 1},
		{"one that does not", []Statement{{"a b", []string{"a c"}}}, 0, 0},
		{"two only together", []Statement{{"a b", []string{"a", "b"}}}, 1, 1},
		{"one is of no use", []Statement{{"a b", []string{"a b", "c"}}}, 1, 0.5},
		{"each alone", []Statement{{"a b", []string{"a b", "b a"}}}, 1, 1},
		// c is not needed: a and b suffice.
		{"three", []Statement{{"a b", []string{"a", "b", "c"}}}, 1, 2.0 / 3},
		{"a second unsupported", []Statement{{"a", []string{"a"}}, {"z", []string{"a", "b"}}}, 0.5, 1.0 / 3},
	} {
		got, err := Citations(t.Context(), holdsWords{}, tc.statements)
		if err != nil || math.Abs(got.Recall-tc.recall) > exactly || math.Abs(got.Precision-tc.precision) > exactly {
			t.Errorf("%s: got %+v, %v", tc.name, got, err)
		}
	}
}

// bySentence judges by words, and embeds a text as the counts of two letters.
type bySentence struct{ asked []Asked }

func (bySentence) Statements(_ context.Context, _, answer string) ([]string, error) {
	return strings.FieldsFunc(answer, func(r rune) bool { return r == '.' }), nil
}

func (bySentence) Follows(_ context.Context, contexts, statements []string) ([]bool, error) {
	out := make([]bool, len(statements))
	for i, s := range statements {
		out[i] = strings.Contains(strings.Join(contexts, "\n"), s)
	}
	return out, nil
}

func (b bySentence) QuestionsFor(context.Context, string, int) ([]Asked, error) { return b.asked, nil }

func (b bySentence) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	return []float32{float32(strings.Count(text, "x")), float32(strings.Count(text, "y"))}, nil
}

func (b bySentence) EmbedDocuments(ctx context.Context, texts []string) (out [][]float32, err error) {
	for _, t := range texts {
		v, _ := b.EmbedQuery(ctx, t)
		out = append(out, v)
	}
	return out, nil
}

func TestFaithfulness(t *testing.T) {
	got, err := Faithfulness(t.Context(), bySentence{}, "q", "one.two.three", []string{"one", "three"})
	if err != nil || math.Abs(got-2.0/3) > exactly {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := Faithfulness(t.Context(), bySentence{}, "q", "", nil); !errors.Is(err, ErrNoScore) {
		t.Errorf("an empty answer: got %v", err)
	}
}

func TestAnswerRelevancy(t *testing.T) {
	for _, tc := range []struct {
		name  string
		asked []Asked
		want  float64
	}{
		{"the same", []Asked{{"x", false}, {"xx", false}}, 1},
		{"half", []Asked{{"x", false}, {"y", false}}, 0.5},
		{"an angle", []Asked{{"xy", false}}, math.Sqrt2 / 2},
		{"one of two is evasive", []Asked{{"x", true}, {"x", false}}, 1},
		{"all are evasive", []Asked{{"x", true}, {"x", true}}, 0},
		{"one could not be made", []Asked{{"", false}, {"x", false}}, 0.5},
	} {
		b := bySentence{asked: tc.asked}
		got, err := AnswerRelevancy(t.Context(), b, b, "x", "answer")
		if err != nil || math.Abs(got-tc.want) > exactly {
			t.Errorf("%s: got %v, %v", tc.name, got, err)
		}
	}
	for _, asked := range [][]Asked{nil, {{"", true}}} {
		b := bySentence{asked: asked}
		if _, err := AnswerRelevancy(t.Context(), b, b, "x", "answer"); !errors.Is(err, ErrNoScore) {
			t.Errorf("%v: got %v", asked, err)
		}
	}
}

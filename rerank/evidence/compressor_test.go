package evidence

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/tmc/langchaingo/schema"

	"selfrag/retrieval"
)

func compress(t *testing.T, cfg CompressorConfig, question string, docs ...schema.Document) []schema.Document {
	t.Helper()
	c, err := NewCompressor(New(nil, Config{}), cfg)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Compress(t.Context(), question, docs)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// The documents of a compressor can be read back as passages: a citation needs
// the position in the document.
func TestCompressGivesSentencesInTheirPlaces(t *testing.T) {
	const text = "# 연차휴가 안내\n\n신청은 근태 시스템에서 합니다.\n\n## 이월\n\n그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다."
	whole := []rune("앞에 오는 글. " + text)
	start := len(whole) - len([]rune(text))
	p := retrieval.Passage{
		ID: "p7", Document: "d1", Source: "연차.md", Title: "연차휴가 안내", Text: text, Start: start, End: len(whole),
		Metadata: map[string]any{retrieval.Page: 3.0, "lang": "ko"},
	}
	copied := p
	copied.ID, copied.Source = "p8", "사본.md"
	docs := compress(t, CompressorConfig{}, "쓰지 못한 연차는 최대 며칠까지 이월할 수 있나요?", retrieval.ToSchema(p), retrieval.ToSchema(copied))
	if len(docs) != 2 {
		t.Fatalf("got %d documents, want one for each of the two sentences: %+v", len(docs), docs)
	}
	best := retrieval.FromSchema(docs[0])
	if want := "그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다."; best.Text != want {
		t.Errorf("the best is %q, want %q", best.Text, want)
	}
	for _, d := range docs {
		got := retrieval.FromSchema(d)
		if own := string(whole[got.Start:got.End]); own != got.Text {
			t.Errorf("%d to %d of the document is %q, not %q", got.Start, got.End, own, got.Text)
		}
		if got.ID != "p7" || got.Document != "d1" || got.Source != "연차.md" || got.Title != p.Title || got.Metadata[retrieval.Page] != 3.0 || got.Metadata["lang"] != "ko" {
			t.Errorf("the sentence %q is not of its passage: %+v", got.Text, got)
		}
		if got.Score <= 0 || got.Score >= 1 {
			t.Errorf("P(answers) of %q is %g", got.Text, got.Score)
		}
		if copies, _ := d.Metadata[Copies].([]string); len(copies) != 1 || copies[0] != "사본.md" {
			t.Errorf("the copies of %q are %v", got.Text, d.Metadata[Copies])
		}
	}
	if heading := best.Metadata[retrieval.Heading]; heading != "이월" {
		t.Errorf("the heading is %q", heading)
	}
	if docs[0].Score < docs[1].Score {
		t.Error("not best first")
	}
	if p.Metadata["start"] != nil || p.Metadata[retrieval.Heading] != nil {
		t.Errorf("the passage's metadata were changed: %v", p.Metadata)
	}
}

// Documents of other retrievers may have no ids, equal ids, or missing or
// broken metadata.
func TestCompressTakesDocumentsOfOtherRetrievers(t *testing.T) {
	shared := map[string]any{"id": "same", "start": "seven"}
	docs := []schema.Document{
		{PageContent: "Lunch costs 8,000 won."},
		{PageContent: ""},
		{PageContent: "Ask first. The cafeteria opens at noon.", Metadata: shared},
		{PageContent: "The library opens at nine.", Metadata: map[string]any{"id": "same", "page": 2}},
	}
	got := compress(t, CompressorConfig{}, "When does the cafeteria open?", docs...)
	if len(got) != 4 {
		t.Fatalf("got %+v", got)
	}
	byText := map[string]schema.Document{}
	for _, d := range got {
		byText[d.PageContent] = d
	}
	if m := byText["The cafeteria opens at noon."].Metadata; m["start"] != 11 || m["end"] != 39 || m["page"] != nil {
		t.Errorf("its metadata are %v", m)
	}
	if m := byText["The library opens at nine."].Metadata; m["start"] != 0 || m["page"] != 2 {
		t.Errorf("its metadata are %v", m)
	}
	if shared["start"] != "seven" {
		t.Errorf("the document that it was given was changed: %v", shared)
	}
	if got := compress(t, CompressorConfig{}, "When?"); len(got) != 0 {
		t.Errorf("of nothing: %+v", got)
	}
	if got := compress(t, CompressorConfig{MinAnswers: 1}, "When does the cafeteria open?", docs...); len(got) != 0 {
		t.Errorf("nothing is certain, but %+v is kept", got)
	}
}

type brokenModel struct {
	Model
	err error
}

func (m brokenModel) QueryTokens(context.Context, string) (retrieval.Tokens, error) {
	return retrieval.Tokens{}, m.err
}

func (m brokenModel) Tokens(context.Context, string) (retrieval.Tokens, error) {
	return retrieval.Tokens{}, m.err
}

func TestCompressFails(t *testing.T) {
	broken := errors.New("broken")
	c, err := NewCompressor(New(brokenModel{err: broken}, Config{}), CompressorConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Compress(t.Context(), "q", []schema.Document{{PageContent: "A sentence."}}); !errors.Is(err, broken) {
		t.Errorf("got %v, %v", got, err)
	}
	for name, err := range map[string]error{
		"no finder": second(NewCompressor(nil, CompressorConfig{})),
		"above 1":   second(NewCompressor(New(nil, Config{}), CompressorConfig{MinAnswers: 1.1})),
		"NaN":       second(NewCompressor(New(nil, Config{}), CompressorConfig{MinAnswers: math.NaN()})),
	} {
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

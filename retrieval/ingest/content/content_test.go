package content

import (
	"reflect"
	"slices"
	"testing"
)

func TestHiddenSpansAreFew(t *testing.T) {
	var many []Span
	for i := range 5000 {
		many = append(many, Span{Start: 10 * i, End: 10*i + 3 + i%5})
	}
	for name, tc := range map[string]struct {
		n          int
		give, want []Span
	}{
		"apart":          {9, []Span{{Start: 9, End: 12}, {Start: 3, End: 5}}, []Span{{Start: 3, End: 5}, {Start: 9, End: 12}}},
		"touching":       {9, []Span{{Start: 3, End: 5}, {Start: 5, End: 7}}, []Span{{Start: 3, End: 7}}},
		"in each other":  {9, []Span{{Start: 3, End: 9}, {Start: 4, End: 5}, {Start: 6, End: 12}}, []Span{{Start: 3, End: 12}}},
		"nearest joined": {2, []Span{{Start: 0, End: 1}, {Start: 2, End: 3}, {Start: 90, End: 91}}, []Span{{Start: 0, End: 3}, {Start: 90, End: 91}}},
	} {
		if got := atMost(tc.n, tc.give); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
	few := atMost(maxHidden, many)
	for _, s := range many { // none is lost
		if !slices.ContainsFunc(few, func(f Span) bool { return f.Start <= s.Start && s.End <= f.End }) {
			t.Fatalf("%v is not among %d", s, len(few))
		}
	}
	if len(few) > maxHidden {
		t.Errorf("%d spans", len(few))
	}
}

func TestHiddenSpansAreMetadata(t *testing.T) {
	if m := HiddenMetadata([]Span{{Start: 9, End: 12}, {Start: 3, End: 5}}); m["hidden"] != "3-5 9-12" {
		t.Errorf("metadata %v", m)
	}
}

// Headings that stand below one far above are found without going through all
// between them.
func TestOutlineOfManyHeadings(t *testing.T) {
	c := Content{Headings: []Heading{{0, 1, "A"}}}
	for i := 1; i <= 200_000; i++ { // looked up from each to the first, this would not end
		c.Headings = append(c.Headings, Heading{i, 3, "c"})
	}
	o := c.Outline()
	for i := range c.Headings {
		if got := o.Path(i); i > 0 && got != "A > c" {
			t.Fatalf("at %d: %q", i, got)
		}
	}
}

func TestMarkedTexts(t *testing.T) {
	var b MarkedBuilder
	b.Add("  보이는 ", false)
	b.Add(" 숨은", true)
	b.Add("  글 ", true)
	b.Join(Marked{Text: "끝 x", Hidden: []Span{{Start: 2, End: 3}}})
	if b.String() != "  보이는  숨은  글 끝 x" || b.Len() != len(b.String()) {
		t.Errorf("got %q, %d bytes", b.String(), b.Len())
	}
	m := b.Take()
	for name, tc := range map[string]struct {
		got  Marked
		text string
		want []string
	}{
		"as written": {m, "  보이는  숨은  글 끝 x", []string{" 숨은  글 ", "x"}},
		"trimmed":    {m.Trimmed(), "보이는  숨은  글 끝 x", []string{" 숨은  글 ", "x"}},
		"collapsed":  {m.Collapsed(), "보이는 숨은 글 끝 x", []string{"숨은 글", "x"}},
		"empty":      {b.Take().Trimmed().Collapsed(), "", nil},
	} {
		var hidden []string
		for _, h := range tc.got.Hidden {
			hidden = append(hidden, string([]rune(tc.got.Text)[h.Start:h.End]))
		}
		if tc.got.Text != tc.text || !slices.Equal(hidden, tc.want) {
			t.Errorf("%s: got %q, hidden %q", name, tc.got.Text, hidden)
		}
	}
}

func TestBuilderAppendsParts(t *testing.T) {
	var b Builder
	var c Content
	for _, part := range []Content{
		{Text: "가"}, {Text: " \n"},
		{Text: "B\n숨은", Headings: []Heading{{0, 1, "B"}}, Hidden: []Span{{Start: 2, End: 4}}, Leads: []Lead{{Span{Start: 0, End: 4}, "B"}}},
	} {
		b.Append(&c, part)
	}
	want := Content{Headings: []Heading{{3, 1, "B"}}, Hidden: []Span{{Start: 5, End: 7}}, Leads: []Lead{{Span{Start: 3, End: 7}, "B"}}}
	if b.String() != "가\n\nB\n숨은" || b.Runes() != 7 || !reflect.DeepEqual(c, want) {
		t.Errorf("got %q, %d runes, %+v", b.String(), b.Runes(), c)
	}
}

func TestWarningsAreBounded(t *testing.T) {
	var c Content
	c.WarnLeftOut("sheet 1: ", map[string]int{"comment": 2, "chart": 1, "memo": 0})
	c.WarnLeftOut("", map[string]int{"memo": 0})
	for i := range 100 {
		c.Warn("part %d is damaged", i)
	}
	if len(c.Warnings) != maxWarnings+1 || c.Warnings[0] != "sheet 1: left out: 1 chart, 2 comments" || c.Warnings[maxWarnings] != "and more of the kind" {
		t.Errorf("got %d: %q", len(c.Warnings), c.Warnings)
	}
}

func TestKeysOfMetadata(t *testing.T) {
	for key, want := range map[string]string{"owner": "owner", "source": "source_", SplitKey: "split_", "_id": "_id"} {
		if got := FreeKey(key); got != want {
			t.Errorf("%s: got %s", key, got)
		}
	}
	for written, want := range map[string]any{"3": 3.0, "9007199254740992": "9007199254740992", "1e300": 1e300, "1e999": "1e999"} {
		if got := Number(written); got != want {
			t.Errorf("%s: got %v", written, got)
		}
	}
	c := Content{Metadata: map[string]any{"owner": "x"}, Hidden: []Span{{Start: 1, End: 2}}}
	if got := c.OwnMetadata(); len(got) != 2 || len(c.Metadata) != 1 {
		t.Errorf("got %v of %v", got, c.Metadata)
	}
}

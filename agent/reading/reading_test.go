package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// library is documents in memory, cut into overlapping passages.
type library map[string]string

const size, overlap = 60, 15

// passages cuts a document into overlapping passages.
func (l library) passages(source string) []retrieval.Passage {
	runes := []rune(l[source])
	title, _, _ := strings.Cut(strings.TrimPrefix(l[source], "# "), "\n")
	var out []retrieval.Passage
	for start := 0; start < len(runes); start += size - overlap {
		end := min(start+size, len(runes))
		out = append(out, retrieval.Passage{
			ID: fmt.Sprintf("%s-%d", source, len(out)), Document: "d" + source, Source: source, Title: title,
			Text: string(runes[start:end]), Start: start, End: end,
		})
		if end == len(runes) {
			break
		}
	}
	return out
}

func (l library) Passages(_ context.Context, part retrieval.Part) ([]retrieval.Passage, error) {
	if _, ok := l[part.Source]; !ok {
		return nil, retrieval.ErrUnknownDocument
	}
	found := slices.DeleteFunc(l.passages(part.Source), func(p retrieval.Passage) bool { return !part.Holds(p) })
	return found[:min(len(found), part.K)], nil
}

// find returns the passages of documents that contain each of the words, in
// this order.
func (l library) find(words ...string) retrieval.Result {
	var out retrieval.Result
	for _, w := range words {
		source, word, _ := strings.Cut(w, ":")
		for _, p := range l.passages(source) {
			if strings.Contains(p.Text, word) {
				out.Passages = append(out.Passages, p)
				break
			}
		}
	}
	return out
}

var shelf = library{
	"leave.md": "# Annual leave\n\nOwner: Benefits.\n\n## Days\n\nEveryone has 18 days a year, and one more for each two years.\n\n" +
		"## Requests\n\nAsk three working days before. The lead answers within a day. Nobody asks why.\n\n## Carry over\n\nFive days may be carried over until March.\n",
	"travel-2021.md": "# Travel policy (2021)\n\n## Hotels\n\nHotels are paid up to 130 a night.\n\n## Claims\n\nClaims come in within 60 days.\n",
	"travel-2025.md": "# Travel policy (2025)\n\n## Hotels\n\nHotels are paid up to 180 a night.\n\n## Claims\n\nClaims come in within 30 days.\n",
	"온콜-2023.md":     "# 온콜 안내 (2023년)\n\n## 수당\n\n수당은 25만 원입니다.\n",
	"seoul.md":       "# Seoul office\n\n## Opening\n\nSeoul opened in 2016.\n\n## Lunch\n\nThere is no canteen.\n",
	"busan.md":       "# Busan office\n\n## Opening\n\nBusan opened in 2014.\n\n## Lunch\n\nCoffee is on the third floor.\n",
}

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, question string
		want           text.Want
		found          []string
		tokens         int
		holds, lacks   []string
	}{
		{"the whole section", "How do I ask for leave?", text.WantHowTo, []string{"leave.md:working days"}, 30,
			[]string{"## Requests", "Ask three working days before.", "Nobody asks why."}, []string{"18 days"}},
		{"both sides", "Compare the Seoul office with the Busan office: when did they open?", text.WantCompare,
			[]string{"seoul.md:opened", "leave.md:18", "busan.md:opened"}, 60, []string{"opened in 2016", "opened in 2014"}, []string{"18 days"}},
		{"the document that is named", "Summarise the Annual leave guide.", text.WantSummary,
			[]string{"travel-2025.md:Hotels", "leave.md:Five"}, 500, []string{"Owner: Benefits.", "18 days", "working days", "until March"}, []string{"Hotels"}},
		{"the editions", "What has changed in the travel policy?", text.WantChanged,
			[]string{"travel-2025.md:Hotels", "leave.md:18", "travel-2021.md:60"}, 500, []string{"130 a night", "60 days", "180 a night", "30 days"}, []string{"18 days"}},
		{"the editions in two languages", "온콜 수당은 어떻게 바뀌었나요?", text.WantChanged,
			[]string{"온콜-2023.md:수당은", "travel-2025.md:Hotels"}, 500, []string{"25만 원", "180 a night"}, nil},
		{"the edition in force", "How are hotels paid?", text.WantHowTo,
			[]string{"travel-2021.md:130", "travel-2025.md:180"}, 500, []string{"180 a night"}, []string{"130 a night"}},
		{"the edition asked for", "How were hotels paid in 2022?", text.WantHowTo,
			[]string{"travel-2025.md:180", "travel-2021.md:130"}, 500, []string{"130 a night"}, []string{"180 a night"}},
		{"nothing found", "How?", text.WantHowTo, nil, 500, nil, nil},
	} {
		found := shelf.find(tt.found...)
		got, err := New(shelf, Config{Tokens: tt.tokens}).Read(t.Context(), Input{Question: tt.question, Want: tt.want, Found: found})
		if err != nil || got.Degraded != "" {
			t.Errorf("%s: %v, %s", tt.name, err, got.Degraded)
		}
		check(t, tt.name, shelf, got.Passages)
		all := said(got.Passages)
		for _, s := range tt.holds {
			if strings.Count(all, s) != 1 {
				t.Errorf("%s: %q is read %d times in %q", tt.name, s, strings.Count(all, s), all)
			}
		}
		for _, s := range tt.lacks {
			if strings.Contains(all, s) {
				t.Errorf("%s: %q is read", tt.name, s)
			}
		}
		if n := text.Tokens(all); len(got.Passages) > 1 && n > tt.tokens+2*len(got.Passages) {
			t.Errorf("%s: %d tokens of %d", tt.name, n, tt.tokens)
		}
	}
}

func said(passages []retrieval.Passage) string {
	var b strings.Builder
	for _, p := range passages {
		b.WriteString(p.Text + "\n")
	}
	return b.String()
}

// check compares passages with the documents: each is the text at its offsets,
// no text is returned twice, and no two passages have the same id.
func check(t *testing.T, name string, of library, passages []retrieval.Passage) {
	t.Helper()
	seen := map[string]bool{}
	for i, p := range passages {
		runes := []rune(of[p.Source])
		if p.Start < 0 || p.End > len(runes) || string(runes[p.Start:p.End]) != p.Text {
			t.Errorf("%s: %q is not the text of %s at [%d:%d]", name, p.Text, p.Source, p.Start, p.End)
		}
		for _, other := range passages[:i] {
			if other.Source == p.Source && other.Start < p.End && p.Start < other.End {
				t.Errorf("%s: %s overlaps %s", name, p.ID, other.ID)
			}
		}
		if seen[p.ID] {
			t.Errorf("%s: two passages have the id %s", name, p.ID)
		}
		seen[p.ID] = true
	}
}

// TestReadLeastAndLeads checks what quoting sections needs: no section far below
// the best one, and of each section of a summary as many first sentences as fit.
func TestReadLeastAndLeads(t *testing.T) {
	found := shelf.find("leave.md:working days", "leave.md:18")
	for _, tt := range []struct {
		name         string
		want         text.Want
		cfg          Config
		holds, lacks []string
	}{
		{"all that fits", text.WantHowTo, Config{}, []string{"Ask three", "18 days", "Five days"}, nil},
		{"no section far below the best", text.WantHowTo, Config{Least: 0.9}, []string{"Ask three"}, []string{"Five days"}},
		{"as if from beginning to end", text.WantSummary, Config{Least: 0.9}, []string{"Ask three", "18 days", "Five days"}, nil},
		{"first sentences", text.WantSummary, Config{Tokens: 50, Leads: true}, []string{"Owner", "18 days", "Ask three", "Five days"}, []string{"The lead answers"}},
		{"whole sections if they fit", text.WantSummary, Config{Tokens: 500, Leads: true}, []string{"18 days", "Nobody asks why.", "Five days"}, nil},
		{"no leads of sections", text.WantHowTo, Config{Tokens: 500, Leads: true}, []string{"Nobody asks why."}, nil},
	} {
		got, err := New(shelf, tt.cfg).Read(t.Context(), Input{Question: "Annual leave", Want: tt.want, Found: found})
		if err != nil {
			t.Fatal(err)
		}
		check(t, tt.name, shelf, got.Passages)
		all := said(got.Passages)
		for _, s := range tt.holds {
			if !strings.Contains(all, s) {
				t.Errorf("%s: %q is not read in %q", tt.name, s, all)
			}
		}
		for _, s := range tt.lacks {
			if strings.Contains(all, s) {
				t.Errorf("%s: %q is read in %q", tt.name, s, all)
			}
		}
	}
}

// TestReadPairsEditions has room for two sections of each edition. They are about
// the same, although the older edition has other sections first.
func TestReadPairsEditions(t *testing.T) {
	of := library{
		"leave-2021.md": "# Leave (2021)\n\n## 1. Purpose\n\nLeave is good, and leave is rest.\n\n## 2. Days\n\nThere are 15 days.\n\n## 3. Requests (2021)\n\nAsk on paper.\n",
		"leave-2025.md": "# Leave (2025)\n\n## Days\n\nThere are 18 days of leave.\n\n## Requests\n\nAsk for leave online.\n\n## Carry over\n\nFive are kept.\n",
	}
	got, err := New(of, Config{Tokens: 50}).Read(t.Context(), Input{
		Question: "What has changed about leave?", Want: text.WantChanged, Found: of.find("leave-2025.md:18", "leave-2021.md:15"),
	})
	if err != nil {
		t.Fatal(err)
	}
	check(t, "editions", of, got.Passages)
	all := said(got.Passages)
	for _, s := range []string{"15 days", "18 days", "on paper", "online"} {
		if !strings.Contains(all, s) {
			t.Errorf("%q is not read in %q", s, all)
		}
	}
	if strings.Contains(all, "Leave is good") {
		t.Errorf("a section without a counterpart is read first: %q", all)
	}
}

// TestReadGivesTitles reads a plain text, whose first passage alone names it.
func TestReadGivesTitles(t *testing.T) {
	for _, tt := range []struct{ first, want string }{
		{"Busan office", "Busan office"},
		{strings.Repeat("A paragraph is no title. ", 10), ""},
	} {
		whole := tt.first + "\n\n1. Place\n\nIt is by the sea.\n\n2. Lunch\n\nThere is none.\n"
		of := library{"busan.txt": whole}
		found := of.find("busan.txt:sea")
		got, err := New(untitled{of}, Config{}).Read(t.Context(), Input{Question: "How?", Want: text.WantHowTo, Found: found})
		if err != nil || len(got.Passages) == 0 {
			t.Fatal(got, err)
		}
		for _, p := range got.Passages {
			if p.Start > 0 && p.Title != tt.want {
				t.Errorf("%q has the title %q, want %q", p.Text, p.Title, tt.want)
			}
		}
	}
}

// untitled is a library of documents without titles.
type untitled struct{ library }

func (u untitled) Passages(ctx context.Context, part retrieval.Part) ([]retrieval.Passage, error) {
	out, err := u.library.Passages(ctx, part)
	for i := range out {
		out[i].Title = ""
	}
	return out, err
}

// The section with the likeliest sentence is read, whatever was found first.
func TestReadGoesByEvidence(t *testing.T) {
	found := shelf.find("leave.md:18", "leave.md:Five")
	at := len([]rune(shelf["leave.md"][:strings.Index(shelf["leave.md"], "Five days")]))
	likely := []evidence.Sentence{{Document: "dleave.md", Source: "leave.md", Start: at, End: at + 5, Answers: 0.9}}
	got, err := New(shelf, Config{Tokens: 16}).Read(t.Context(), Input{Question: "How?", Want: text.WantHowTo, Found: found, Evidence: likely})
	if err != nil || len(got.Passages) != 1 || !strings.Contains(got.Passages[0].Text, "Five days may be carried over") {
		t.Errorf("got %+v, %v", got.Passages, err)
	}
	if heading := got.Passages[0].Metadata[retrieval.Heading]; heading != "Annual leave > Carry over" {
		t.Errorf("its heading is %v", heading)
	}
}

// If a document does not fit, its beginning is read and the rest is reported.
func TestReadTellsWhatDoesNotFit(t *testing.T) {
	in := Input{Question: "Summarise Annual leave.", Want: text.WantSummary, Found: shelf.find("leave.md:Five")}
	got, err := New(shelf, Config{Tokens: 30}).Read(t.Context(), in)
	if err != nil || len(got.Left) != 1 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if want := "of Annual leave these parts were not read: Requests, Carry over"; got.Left[0].String() != want {
		t.Errorf("got %q, want %q", got.Left[0], want)
	}
	got, err = New(shelf, Config{Passages: 2}).Read(t.Context(), in)
	if err != nil || len(got.Left) != 1 || got.Left[0].String() != "Annual leave continues after what was read" {
		t.Errorf("got %+v, %v", got.Left, err)
	}
}

// If a document cannot be read, the found passages of it are used.
func TestReadWithoutDocuments(t *testing.T) {
	in := Input{Question: "How do I ask?", Want: text.WantHowTo, Found: shelf.find("leave.md:working days", "seoul.md:opened")}
	for name, docs := range map[string]Documents{
		"none":          nil,
		"unsupported":   failing{fmt.Errorf("the store: %w", errors.ErrUnsupported)},
		"another error": failing{errors.New("the server at 10.0.0.1 is down")},
	} {
		got, err := New(docs, Config{}).Read(t.Context(), in)
		if err != nil || !strings.Contains(said(got.Passages), "working days") || !strings.Contains(said(got.Passages), "opened") {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
		check(t, name, shelf, got.Passages)
		if (got.Degraded != "") != (name == "another error") || strings.Contains(got.Degraded, "10.0.0.1") {
			t.Errorf("%s: degraded %q", name, got.Degraded)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(failing{context.Canceled}, Config{}).Read(ctx, in); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Passages(context.Context, retrieval.Part) ([]retrieval.Passage, error) {
	return nil, f.err
}

// FuzzRead checks that the passages are spans of the document, none of them
// twice.
func FuzzRead(f *testing.F) {
	for _, s := range shelf {
		f.Add(s, "Summarise it.", 50)
	}
	f.Add("# A\n\n## B\n\n### C\n\n# D\n\n"+strings.Repeat("가나다 ", 900), "왜?", 300)
	f.Fuzz(func(t *testing.T, document, question string, tokens int) {
		document = strings.ToValidUTF8(document, "?")
		of := library{"a.md": document}
		all := of.passages("a.md")
		if len(all) == 0 {
			return
		}
		for _, want := range []text.Want{text.WantFact, text.WantHowTo, text.WantList, text.WantCompare, text.WantSummary, text.WantChanged} {
			found := retrieval.Result{Passages: all[len(all)/2 : len(all)/2+1], Rest: all[:1]}
			got, err := New(of, Config{Tokens: tokens}).Read(t.Context(), Input{Question: question, Want: want, Found: found})
			if err != nil {
				t.Fatal(err)
			}
			check(t, string(want), of, got.Passages)
		}
	})
}

package ingest

import (
	"fmt"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/filetest"
)

// passagesOf are the passages of a file of one document.
func passagesOf(t *testing.T, name, content string, cfg Config) []retrieval.Passage {
	t.Helper()
	cfg, err := cfg.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	l := loadAll(t, name, content, 1<<20)[0]
	if l.err != nil {
		t.Fatal(l.err)
	}
	l.layOut(cfg)
	all := passages(l.doc, l.content, cfg)
	runes := []rune(l.doc.Text)
	for _, p := range all {
		if string(runes[p.Start:p.End]) != p.Text {
			t.Fatalf("%q is not at [%d:%d]", p.Text, p.Start, p.End)
		}
	}
	return all
}

// Wherever a long table is cut, each piece says what its columns are.
func TestLongTablesSayTheirHeadersInEachPiece(t *testing.T) {
	rows, marked := "", ""
	for i := range 60 {
		rows += fmt.Sprintf("<tr><td>지점 %d<td>%d,000원<td>비고 없음", i, i)
		marked += fmt.Sprintf("지점 %d | %d,000원 | 비고 없음\n", i, i)
	}
	for name, c := range map[string]string{
		"a.html": filetest.Page("<p>" + strings.Repeat("앞말 ", 40) + "</p><table><caption>일비</caption><tr><th>지점<th>한도<th>비고" + rows + "</table><p>뒷말"),
		"b.html": filetest.Page("<table><tr><td>지점<td>한도<td>비고" + rows + "</table>"),
		"a.md":   "# 일비\n\n" + strings.Repeat("앞말 ", 40) + "\n\n지점 | 한도 | 비고\n---|---|---\n" + marked + "\n뒷말\n",
	} {
		for _, way := range []string{SplitRecursive, SplitSentence, SplitMarkdown, SplitParent} {
			for _, size := range []int{100, 300, 500} {
				seen := map[string]bool{}
				for _, p := range passagesOf(t, name, c, Config{Split: way, ChunkSize: size}) {
					for line := range strings.SplitSeq(p.Text, "\n") {
						if strings.HasPrefix(line, "지점 ") && line != "지점 | 한도 | 비고" {
							seen[line] = true
							if before, _, _ := strings.Cut(p.Text, line); !strings.Contains(before, "지점 | 한도 | 비고\n") {
								t.Fatalf("%s, %s %d: no headers above %q in %q", name, way, size, line, p.Text)
							}
						}
					}
				}
				if len(seen) != 60 {
					t.Errorf("%s, %s %d: %d rows of 60", name, way, size, len(seen))
				}
			}
		}
	}
}

func TestLongRowsKeepTheirKeyInEachPiece(t *testing.T) {
	var words []string
	for i := range 300 {
		words = append(words, fmt.Sprintf("word%d", i))
	}
	long := strings.Join(words, " ")
	csv := "번호,이름,비고\nA-17,김하나," + long + "\nA-18,이두리,짧음\n"
	for _, way := range []string{SplitRecursive, SplitSentence} {
		all := passagesOf(t, "a.csv", csv, Config{Split: way, Overlap: NoOverlap})
		joined := ""
		for _, p := range all[:len(all)-1] {
			if !strings.HasPrefix(p.Text, "번호: A-17\n") || p.Metadata[retrieval.Row] != 1.0 {
				t.Errorf("%s: %v of %q", way, p.Metadata, p.Text)
			}
			_, rest, _ := strings.Cut(p.Text, "비고: ")
			joined += rest + " "
		}
		if last := all[len(all)-1]; last.Text != "번호: A-18\n이름: 이두리\n비고: 짧음" || last.Metadata[retrieval.Row] != 2.0 {
			t.Errorf("%s: %v of %q", way, last.Metadata, last.Text)
		}
		if strings.TrimSpace(joined) != long {
			t.Errorf("%s: the pieces hold %q", way, joined)
		}
	}
	if all := passagesOf(t, "a.csv", csv, Config{Split: SplitNone}); len(all) != 2 {
		t.Errorf("%d passages", len(all))
	}
}

// What is known of a text moves with it.
func TestWhatIsKnownOfATextMovesWithIt(t *testing.T) {
	rows := strings.Repeat("<tr><td>Busan<td style='color:#fff'>unseen<td>5", 30)
	page := filetest.Page("<h1>A</h1><table><tr><th>City<th>Note<th>Days" + rows + "</table><h2>뒤</h2><p>끝 <b style='display:none'>숨은</b>")
	l := loadAll(t, "a.html", page, 1<<20)[0]
	cfg, err := Config{ChunkSize: 100}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	l.layOut(cfg)
	runes := []rune(l.content.Text)
	for _, h := range l.content.Headings {
		if !strings.HasPrefix(string(runes[h.Start:]), h.Text) {
			t.Errorf("%q is not at %d", h.Text, h.Start)
		}
	}
	for i, h := range filetest.Hidden(l.content) {
		if want := map[bool]string{true: "unseen", false: " 숨은"}[i < 30]; h != want {
			t.Errorf("hidden is %q, want %q", h, want)
		}
	}
	if n := strings.Count(l.content.Text, "City | Note | Days"); n < 4 {
		t.Errorf("%d headers", n)
	}
}

// What is written one way is found by another.
func TestFoundHoweverItIsWritten(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"a.md": "# 출장 일비\n\n국내 출장의 일비는 3만 원이다.\n", "b.md": "# 식대\n\n점심 식대는 한 끼에 12,000원까지 지원한다.\n",
		"c.md": "# 배터리\n\n배터리 용량은 5,000mAh이고 충전에 90분이 걸린다.\n", "d.md": "# 면적\n\n본관의 연면적은 3,200㎡이고 높이는 ７층이다.\n",
		"e.html": filetest.Page("<main><p>The elec&shy;tro&shy;en&shy;ceph&shy;a&shy;lo&shy;gram is kept.</p></main>"),
		"f.txt":  "개인\u200b정보\u200b보호\u200b책임자는 박서준이다. 12 000 30 200\n", "g.md": "# Müller\n\nThe café of José.\n",
	})
	c := newCollection(t)
	run(t, c, &hashEmbedder{}, Config{}, dir)
	for query, want := range map[string]string{
		"12000원": "b.md", "3200㎡": "d.md", "5000mAh": "c.md", "30,000원": "a.md", "electroencephalogram": "e.html",
		"개인정보보호책임자": "f.txt", "cafe of Jose Muller": "g.md",
	} {
		got, err := c.Lexical(t.Context(), retrieval.Request{Text: query, K: 3})
		if err != nil || len(got) == 0 || !strings.HasSuffix(got[0].Source, want) {
			t.Errorf("%s: got %+v, %v", query, got, err)
		}
	}
}

package ingest

import (
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/filetest"
)

// What was written one way is found when it is asked for in another.
func TestWordsMeetHoweverTheyAreWritten(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFiles(t, dir, map[string]string{
		"won.md":     "숙박비 한도는 1박에 30,000원이다.",
		"won2.md":    "식비 한도는 하루 12,000원이다.",
		"area.md":    "창고의 넓이는 3,200㎡이다.",
		"battery.md": "배터리 용량은 5,000mAh이다.",
		"other.md":   "한도와 넓이와 용량과 식비를 적는 곳은 총무팀이다. 30, 12, 3, 5.",
		"more.md":    "만 원 아래의 비용은 적지 않는다. 5 mAh, 12 병.",
		"shy.html":   filetest.Page("<p>An elec&shy;tro&shy;en&shy;ceph&shy;a&shy;lo&shy;gram is made in room 4.</p>"),
		"cafe.md":    "The Café Ångström closes at five.",
		"fixed.txt":  "The committee asked for a recon-\nsideration of the long-\nterm plan.\n",
		"hyphen.pdf": string(pagesOf("The board wants a resubmis-\nsion of the plan by May.")),
	})
	store := newCollection(t)
	run(t, store, &hashEmbedder{}, Config{CacheDir: pdfCache()}, ".")
	for query, want := range map[string]string{
		"3만 원 한도": "won.md", "30000원": "won.md", "12000원": "won2.md", "3200㎡": "area.md", "5000mAh": "battery.md",
		"electroencephalogram": "shy.html", "cafe angstrom": "cafe.md", "reconsideration": "fixed.txt", "long-term": "fixed.txt", "resubmission": "hyphen.pdf",
	} {
		found, err := store.Lexical(t.Context(), retrieval.Request{Text: query, K: 3})
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 || found[0].Source != want {
			t.Errorf("%q: found %v, want %s first", query, sourcesOf(found), want)
		}
	}
}

func sourcesOf(found []retrieval.Passage) (sources []string) {
	for _, p := range found {
		sources = append(sources, p.Source)
	}
	return sources
}

// What makes many passages of nothing, or headings of a listing.
func TestPassagesOfMarkdown(t *testing.T) {
	passagesOf := func(content, way string) []retrieval.Passage {
		cfg, err := Config{Split: way}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		l := loadAll(t, "a.md", content, 1<<20)[0]
		if l.err != nil {
			t.Fatal(l.err)
		}
		l.layOut(cfg)
		return passages(l.doc, l.content, cfg)
	}
	picture := "# 층 안내\n\n![plan](data:image/png;base64," + strings.Repeat("9bFl", 30000) + ")\n\n회의실은 3층에 있다.\n"
	if n := len(passagesOf(picture, SplitRecursive)); n > 2 {
		t.Errorf("a picture makes %d passages", n)
	}
	fenced := "# Guide\n\n````markdown\n```sh\n# not a heading\n```\n# nor this\n````\n\n## Real\n\nThe text below the real heading.\n"
	for _, p := range passagesOf(fenced, SplitMarkdown) {
		path, _ := p.Metadata[retrieval.Heading].(string)
		if strings.Contains(path, "not") || strings.Contains(path, "nor") || strings.Contains(p.Text, "real heading") && path != "Guide > Real" {
			t.Errorf("%q is below %q", p.Text, path)
		}
	}
}

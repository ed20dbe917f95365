package ingest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/filetest"
)

// pagesOf is a PDF file with a page for each text.
func pagesOf(texts ...string) []byte {
	objects := []string{pdfCatalog, "", pdfPlain}
	var kids []string
	for _, text := range texts {
		var lines strings.Builder
		for i, line := range strings.Split(text, "\n") {
			fmt.Fprintf(&lines, "BT /F 10 Tf 1 0 0 1 40 %d Tm (%s) Tj ET\n", 380-13*i, line)
		}
		objects = append(objects, pdfStream(lines.String()),
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 400] /Contents %d 0 R /Resources << /Font << /F 3 0 R >> >> >>", len(objects)+1))
		kids = append(kids, fmt.Sprintf("%d 0 R", len(objects)))
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " "))
	return pdfOf(objects...)
}

// A quote is on the page and below the headings of its own first character,
// wherever in a passage it stands and however the document was cut.
func TestQuotesKnowTheirPlace(t *testing.T) {
	const seed = 7
	random := rand.New(rand.NewPCG(seed, seed))
	var slides []string
	var markdownText, page, word strings.Builder
	for i := range 12 {
		slides = append(slides, fmt.Sprintf("Slide title %d\n%s", i, strings.Repeat("A line of this slide. ", 1+random.IntN(4))))
		level := 1 + random.IntN(3)
		body := strings.Repeat("문장이 하나 있다. A sentence. ", 1+random.IntN(5))
		fmt.Fprintf(&markdownText, "%s 제목 %d\n\n%s\n\n", strings.Repeat("#", level), i, body)
		fmt.Fprintf(&page, "<h%d>제목 %d</h%d><p>%s</p>", level, i, level, body)
		fmt.Fprintf(&word, `<w:p><w:pPr><w:outlineLvl w:val="%d"/></w:pPr><w:r><w:t>제목 %d</w:t></w:r></w:p><w:p><w:r><w:t>%s</w:t></w:r></w:p>`, level-1, i, body)
	}
	for name, content := range map[string]string{
		"a.pdf":  string(pagesOf(slides...)),
		"a.md":   markdownText.String(),
		"a.html": "<html><body>" + page.String() + "</body></html>",
		"a.docx": string(filetest.Zip(t, "word/document.xml", `<w:document xmlns:w="w"><w:body>`+word.String()+`</w:body></w:document>`)),
	} {
		for _, way := range Splits() {
			t.Run(name+" "+way, func(t *testing.T) {
				cfg, err := Config{Split: way, ChunkSize: 250}.withDefaults()
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range loadAll(t, name, content, 1<<20) {
					if l.err != nil {
						t.Fatal(l.err)
					}
					headings := l.content.Outline()
					changing := 0
					for _, p := range passages(l.doc, l.content, cfg) {
						from, to := p.Start, p.End
						if start, ok := p.Metadata[retrieval.ParentStart].(float64); ok { // it is read as its parent
							from, to = int(start), int(p.Metadata[retrieval.ParentEnd].(float64))
						}
						if p.Metadata[retrieval.Places] != nil {
							changing++
						}
						for at := from; at < to; at++ {
							got := retrieval.At(p.Metadata, at)
							want := whereIs(l.content, headings, at)
							for _, key := range []string{retrieval.Page, retrieval.Heading} {
								if got[key] != want[key] {
									t.Fatalf("at %d of [%d:%d] %s is %v, want %v", at, p.Start, p.End, key, got[key], want[key])
								}
							}
							if got[retrieval.Places] != nil {
								t.Fatal("a quote has places")
							}
						}
					}
					if way == SplitRecursive && changing == 0 {
						t.Error("no passage reaches over two places")
					}
				}
			})
		}
	}
}

// The fifth slide of a short file is in the same passage as the first.
func TestCitationsOfSlides(t *testing.T) {
	raw := pagesOf("Kestrel launch plan\nOwner: Dana", "Budget\n48,000 euros.", "Dates\nThe beta opens on 9 June.", "Risks\nThe late driver.", "Contact\nSupport is reached at extension 6150.")
	for _, l := range loadAll(t, "slides.pdf", string(raw), 1<<20) {
		cfg, err := Config{}.withDefaults()
		if err != nil || l.err != nil {
			t.Fatal(err, l.err)
		}
		all := passages(l.doc, l.content, cfg)
		if len(all) != 1 {
			t.Fatalf("%d passages", len(all))
		}
		p := all[0]
		for quote, page := range map[string]float64{"Kestrel": 1, "48,000": 2, "opens on": 3, "extension 6150": 5} {
			at := p.Start + len([]rune(p.Text[:strings.Index(p.Text, quote)]))
			if got := retrieval.At(p.Metadata, at)[retrieval.Page]; got != page {
				t.Errorf("%q is on page %v, want %v", quote, got, page)
			}
		}
		if p.Metadata[retrieval.Page] != 1.0 {
			t.Errorf("the passage begins on %v", p.Metadata)
		}
	}
}

func TestAtLeavesOtherMetadataAlone(t *testing.T) {
	plain := map[string]any{"lang": "ko", retrieval.Page: 3.0}
	if got := retrieval.At(plain, 10); !maps.Equal(got, plain) {
		t.Errorf("got %v", got)
	}
	written, err := retrieval.PlacesOf([]retrieval.PlaceAt{{Start: 5, Where: map[string]any{retrieval.Page: 4.0, retrieval.Heading: "나 > B"}}})
	if err != nil {
		t.Fatal(err)
	}
	over := map[string]any{"lang": "ko", retrieval.Page: 3.0, retrieval.Places: written}
	for at, want := range map[int]map[string]any{
		4: {"lang": "ko", retrieval.Page: 3.0},
		5: {"lang": "ko", retrieval.Page: 4.0, retrieval.Heading: "나 > B"},
	} {
		if got := retrieval.At(over, at); !maps.Equal(got, want) {
			t.Errorf("at %d: got %v, want %v", at, got, want)
		}
	}
}

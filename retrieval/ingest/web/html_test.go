package web

import (
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

func TestHTML(t *testing.T) {
	const chrome = `<header>Menu top</header><nav>Home</nav><aside>Ads</aside><footer>Imprint</footer><script>var x = "code"</script><style>p{}</style><noscript>no</noscript><template>t</template>`
	tests := []struct{ name, page, title, text string }{
		{"paragraphs", "<title> On\n call </title><body><h1>Title</h1><p>One  two\n three.</p><p>Four<br>five.</p>", "On call", "Title\n\nOne two three.\n\nFour\nfive."},
		{"title of the heading", "<h1>The <em>only</em> one</h1>text", "The only one", "The only one\n\ntext"},
		{"no menus", chrome + "<div>Text <b>bo</b>ld.</div>" + chrome, "", "Text bold."},
		{"main part", "<p>outside</p><main><article><header><h1>H</h1></header><p>in</p><nav>not</nav></article></main>", "H", "H\n\nin"},
		{"main part by role", "<div>outside</div><div role=main>in</div>", "", "in"},
		{"articles", "<div>outside</div><article>one</article><article>two</article>", "", "one\n\ntwo"},
		{
			"table", "<table><caption>Rates</caption><thead><tr><th>City<th>Per day</thead><tr><td>Rotterdam <td><p>€ 95</p><p>net</p><tr><td>Bristol<td></table><p>after",
			"", "Rates\nCity | Per day\nRotterdam | € 95 net\nBristol |\n\nafter",
		},
		{"a table in a cell", "<table><tr><td>a<td><table><tr><td>b<td>c</table><td>d</table>", "", "a | b | c | d"},
		{"lists", "<p>See:</p><ul><li>one<li>two <ul><li>deep</ul></ul>", "", "See:\n\none\ntwo\n\ndeep"},
		{"preformatted", "<p>Run:</p><pre>\na  b\n\n  c\n</pre><p>end", "", "Run:\n\na  b\n\n  c\n\nend"},
		{"Korean without spaces added", "<p>등대<b>지기</b>는</p>", "", "등대지기는"},
		{"hidden text", "<p>seen</p><p hidden>unseen</p>", "", "seen"},
		{"entities", "<p>a&nbsp;&lt;b&gt; &amp; c</p>", "", "a <b> & c"},
		{"a title in a picture", "<svg><title>icon</title></svg><h1>H</h1>", "H", "H"},
		{"broken", "<p>a<div><b>b</p></i>c", "", "a\n\nb\n\nc"},
		{"declared encoding", "<meta charset=windows-1252><p>caf\xe9", "", "café"},
		{"CP949", "<meta charset=euc-kr><p>" + filetest.CP949(t, "등대지기"), "", "등대지기"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := HTML(t.Context(), []byte(tt.page), 1<<20)
			if c.Title != tt.title || c.Text != tt.text || err != nil {
				t.Errorf("got %q, %q, %v\nwant %q, %q", c.Title, c.Text, err, tt.title, tt.text)
			}
		})
	}
}

func TestExtractHTML(t *testing.T) {
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want content.Content
	}{
		{"HTML headings", HTML, []byte("<h1>가 <b>나</b></h1><p>t</p><form><label>Search</label><input></form><h3>B</h3>u"), content.Content{
			Title: "가 나", Text: "가 나\n\nt\n\nB\n\nu", Headings: []content.Heading{{Start: 0, Level: 1, Text: "가 나"}, {Start: 8, Level: 3, Text: "B"}},
			Warnings: []string{"55 % of the page was left out as menus, forms and what is beside its main part"},
		}},
		{"a page in a form", HTML, []byte("<form><h1>A</h1><p>t</p></form>"), content.Content{Title: "A", Text: "A\n\nt", Headings: []content.Heading{{Start: 0, Level: 1, Text: "A"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRead(t, tt.of, tt.raw, tt.want) })
	}
}

// A document's names go with each of its passages, so they must be names.
func TestNamesAreBounded(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"HTML": {HTML, []byte("<title>" + filetest.LongName + "</title><h1>" + filetest.LongName + "</h1><p>text")},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckNames(t, tc.of, tc.raw) })
	}
}

func FuzzLoadHTML(f *testing.F) {
	for _, s := range []string{
		"<table><tr><th>A<th colspan=2>B<tr><td rowspan=3>1<td>2<tr><td>3</table>", "<table><caption>c</caption><tr><td><table><tr><td>1<tr><td>2</table></table>",
		`<main><aside role="doc-footnote">n</aside></main><form><input></form>`, "10<sup>3</sup>", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><title/><p>x</p></html>`,
		"<table><tr><td style='color:#fff'>h<td>x</table>", "<h2><button>q</button></h2>", "<pre>\n a\n</pre>", "<nav>only</nav>",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, page string, isXML bool) {
		of := HTML
		if isXML {
			of = XHTML
		}
		filetest.CheckContent(t, of, []byte(page))
	})
}

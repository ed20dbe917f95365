package ingest

import (
	"slices"
	"strings"
	"testing"
)

func TestSentences(t *testing.T) {
	tests := []struct {
		name string
		want []string // together the text, with a space between
	}{
		{"English", []string{"The gate opens.", "Does it close?", "Yes!", "Really?!", "It does…", "End"}},
		{"Korean", []string{"문이 열린다.", "정말요?", "네!", "그렇습니다.", "끝"}},
		{"abbreviations", []string{"Dr. Kim met Mr. J. Park, e.g. on Jan. 5 at No. 7.", "He left."}},
		{"decimals and dates", []string{"It costs 3.14 euros, since 2026. 3. 1. at least.", "버전 1.2.3을 쓴다."}},
		{"quotes", []string{`He said "Go." and went.`, `"Stay!" she said.`, "“간다.”라고 말했다.", "“왜?”라고 그는 물었다."}},
		{"brackets", []string{"It works (mostly.)", "그렇다(대체로.)", "End."}},
		{"a number ends", []string{"There are 400.", "They left."}},
		{"domain names", []string{"See example.org for more.", "V2.0이 나왔다."}},
		{"a small letter goes on", []string{"approx. ten vs. twelve etc. and so on.", "Next."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := []rune(strings.Join(tt.want, " "))
			if got := sentencesOf(text); !slices.Equal(got, tt.want) {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
	// Where no space tells.
	for text, want := range map[string][]string{
		"문을 열었다.그리고 닫았다.끝":                         {"문을 열었다.", "그리고 닫았다.", "끝"},
		"갔어요.“안녕”이라고 했죠.A가 왔다":                     {"갔어요.", "“안녕”이라고 했죠.", "A가 왔다"},
		"제3.1조와 다.1호":                              {"제3.1조와 다.1호"},
		"# 제목\n본문이\n이어진다. 끝\n\n다음":                 {"# 제목", "본문이\n이어진다.", "끝", "다음"},
		"목록:\n- 하나\n- 둘\n1. First item\n2. Second": {"목록:", "- 하나", "- 둘", "1. First item", "2. Second"},
		"| a | b |\n| c | d |":                     {"| a | b |", "| c | d |"},
	} {
		if got := sentencesOf([]rune(text)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q\nwant %q", text, got, want)
		}
	}
}

func sentencesOf(text []rune) []string {
	var out []string
	for _, s := range sentences(text) {
		out = append(out, strings.TrimSpace(string(text[s.start:s.end])))
	}
	return out
}

func TestSplitWays(t *testing.T) {
	cut := func(c content, cfg Config) []string {
		cfg, err := cfg.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		text := []rune(c.text)
		for _, p := range cfg.pieces(text, c) {
			where := c.outline().path(p.place)
			if p.parent.len() > 0 {
				where = string(text[p.parent.start:p.parent.end])
			}
			out = append(out, string(text[p.start:p.end])+" @ "+where)
		}
		return out
	}
	guide, err := markdown(t.Context(), []byte("# 휴가\n\n## 연차\n\n열흘이다.\n\n## 육아\n\n일 년이다. 더 길 수도 있다.\n\n# End\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csvTable(t.Context(), []byte("a,b\n1,2\n3,4 5 6 7 8\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		of   content
		cfg  Config
		want []string
	}{
		{"sections", guide, Config{Split: SplitMarkdown, ChunkSize: 30}, []string{
			"# 휴가\n\n## 연차\n\n열흘이다. @ 휴가 > 연차", "## 육아\n\n일 년이다. 더 길 수도 있다. @ 휴가 > 육아", "# End @ End",
		}},
		{"long sections", guide, Config{Split: SplitMarkdown, ChunkSize: 12, Overlap: NoOverlap}, []string{
			"# 휴가 @ 휴가", "## 연차\n\n열흘이다. @ 휴가 > 연차", "## 육아 @ 휴가 > 육아", "일 년이다. 더 길 @ 휴가 > 육아", "수도 있다. @ 휴가 > 육아", "# End @ End",
		}},
		{"sentences share whole ones", content{text: "하나다. 둘이다. 셋이다. 넷이다."}, Config{Split: SplitSentence, ChunkSize: 10, Overlap: 5}, []string{
			"하나다. 둘이다. @ ", "둘이다. 셋이다. @ ", "셋이다. 넷이다. @ ",
		}},
		{"parents", content{text: "aa bb\n\ncc dd"}, Config{Split: SplitParent, ChunkSize: 3, ParentSize: 6, Overlap: NoOverlap}, []string{
			"aa @ aa bb", "bb @ aa bb", "cc @ cc dd", "dd @ cc dd",
		}},
		{"rows", rows, Config{ChunkSize: 10, Overlap: NoOverlap}, []string{"a: 1\nb: 2 @ ", "a: 3 @ ", "b: 4 5 6 @ ", "7 8 @ "}},
		{"whole rows", rows, Config{Split: SplitNone}, []string{"a: 1\nb: 2 @ ", "a: 3\nb: 4 5 6 7 8 @ "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cut(tt.of, tt.cfg); !slices.Equal(got, tt.want) {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}

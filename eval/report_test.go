package eval

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"selfrag/agent"
)

var update = flag.Bool("update", false, "write the goldens anew")

// exampleReport compares two arms on questions in two languages, with text
// that tries to break out of the page.
func exampleReport() Report {
	q := []Query{
		{ID: "en-1", Text: "Who leads the <Harbour> Team?", Answers: []string{"Ana Ruiz"}, Hops: 1},
		{ID: "ko-1", Text: "하버팀의 사무실은 어느 도시에 있나요?", Answers: []string{"군산", "군산시"}, Hops: 2},
		{ID: "ko-2", Text: "하버팀의 주차장은 몇 대를 수용하나요?", Unanswerable: true},
	}
	a := outcomesOf(q, 2, false, false, false)
	b := outcomesOf(q, 6, false, false, false)
	b[0].Answer, b[0].Short = "Ana Ruiz leads it. [1] <script>alert(1)</script>", "Ana Ruiz"
	b[1].Answer, b[1].Short = "사무실은 군산에 있습니다. [1]", "군산"
	b[1].Subqueries = []string{"하버팀의 사무실은 어느 도시에 있나요?", "군산 사무실"}
	b[1].Citations = []CitedDocument{{N: 1, Source: "offices/gunsan.md", Title: "군산", Quote: "하버팀은 군산 4층에서 일합니다."}}
	b[2].Abstained, b[2].Answer, b[2].Short = true, "문서에 답이 없습니다.\n검색한 질문: 주차장", ""
	for i := range b {
		b[i].Usage = agent.Usage{Calls: 11, PromptTokens: 3000, CompletionTokens: 200}
	}
	return Report{
		Data: "handbook", A: "two-stage, m", B: "self-rag, m", Made: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC),
		Comparison: Compare(Dataset{}, q, a, b, 0.1, 1), Queries: q, OutcomesA: a, OutcomesB: b,
	}
}

func TestReport(t *testing.T) {
	var b bytes.Buffer
	if err := WriteReport(&b, exampleReport()); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "report.html")
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), want) {
		t.Errorf("the report differs from %s (go test ./eval -run Report -update writes it anew)", golden)
	}
	page := b.String()
	for _, text := range []string{"&lt;Harbour&gt;", "&lt;script&gt;", "사무실은 군산에 있습니다. [1]", "F1 0.000 and 1.000, p 0.2500", "3.0 times the seconds", "English, 1 hop", `lang="ko"`} {
		if !strings.Contains(page, text) {
			t.Errorf("the report lacks %q", text)
		}
	}
	if m := regexp.MustCompile(`<script|https?:|src=|url\(|@import|NaN|ZgotmplZ`).FindString(page); m != "" {
		t.Errorf("the report holds %q", m)
	}
}

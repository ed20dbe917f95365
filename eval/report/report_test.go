package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/eval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the goldens anew")

// hostile tries to break out of any context.
const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover=alert(3) {{.}} | # [x](http://evil.example/) ` + "`"

// example compares two arms on n questions in both languages. Arm B is better
// and slower. There is hostile text wherever a model or a document supplies
// text.
func example(n int) Report {
	random := rand.New(rand.NewPCG(1, 1))
	q := make([]eval.Query, n)
	var a, b []eval.Outcome
	for i := range q {
		q[i] = eval.Query{ID: fmt.Sprintf("en-%d", i), Text: "Who leads the <Harbour> Team number " + fmt.Sprint(i) + "?", Answers: []string{"Ana Ruiz"}, Hops: 1 + i%4}
		if i%3 == 1 {
			q[i] = eval.Query{ID: fmt.Sprintf("ko-%d", i), Text: "하버팀의 사무실은 어느 도시에 있나요?", Answers: []string{"군산", "군산시"}, Hops: 1 + i%4}
		}
		if i%7 == 6 {
			q[i].Answers, q[i].Unanswerable = nil, true
		}
		a = append(a, answerTo(q[i], 2+random.Float64(), 1, random.Float64() < 0.4))
		b = append(b, answerTo(q[i], 5+4*random.Float64(), 1+i%3, random.Float64() < 0.8))
	}
	b[0].Answer, b[0].Degraded = "Ana Ruiz leads it. [1] "+hostile, hostile
	b[0].Citations[0].Quote, b[0].Citations[0].Title, b[0].Citations[0].Source = hostile, hostile, hostile
	b[0].Rounds[0].Claims = []agent.GradedClaim{
		{Text: hostile, Refuted: &claim.Verdict{Refuted: true, Rule: claim.RuleNumber, Fact: "1300"}},
		{Text: "하버팀은 부산에 있다.", Refuted: &claim.Verdict{Refuted: true, Rule: claim.RuleName, Fact: hostile}},
		{Text: "It is.", Refuted: &claim.Verdict{Refuted: true, Rule: claim.RuleNumber, Fact: "7"}},
		{Text: "Ana Ruiz leads it.", Support: agent.Known(0.9)},
	}
	b[0].Rounds[0].Draft, b[0].Rounds[0].Subquery, b[0].Passages[0].Text, b[0].Passages[0].Title = hostile, hostile, hostile, hostile
	q[0].Text += hostile
	recall := 0.75
	b[0].Judgement = &eval.Judgement{Citations: &eval.CitationScores{Recall: 0.5, Precision: 0.25}, Faithfulness: &recall, Relevancy: &recall}
	return Report{
		Data: "handbook", A: "two-stage, m", B: "self-rag, m " + hostile, Made: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC),
		Comparison: eval.Compare(eval.Dataset{}, q, a, b, 0.1, 1), Queries: q, OutcomesA: a, OutcomesB: b,
	}
}

func answerTo(q eval.Query, seconds float64, rounds int, right bool) eval.Outcome {
	o := eval.Outcome{
		ID: q.ID, Answer: "It is somebody else. [1]", Short: "somebody else", StoppedBy: agent.StoppedSupported,
		Usage: agent.Usage{Calls: 4 * rounds, PromptTokens: 900 * rounds, CompletionTokens: 40}, Timings: agent.Timings{Total: 1000 * seconds},
		Citations: []eval.CitedDocument{{N: 1, Passage: "p1", Source: "offices/gunsan.md", Title: "군산", Quote: "하버팀은 군산 4층에서 일합니다."}},
		Passages:  []eval.ReadPassage{{ID: "p1", Source: "offices/gunsan.md", Title: "군산", Text: strings.Repeat("하버팀은 군산 4층에서 일합니다. ", 20)}},
	}
	for i := range rounds {
		query := fmt.Sprintf("harbour team %d", i)
		o.Subqueries = append(o.Subqueries, query)
		o.Rounds = append(o.Rounds, eval.Round{Subquery: query, Draft: o.Answer, Support: agent.Known(0.8), Passages: []agent.GradedPassage{
			{ID: "p1", Score: 1, Relevance: agent.Known(0.6)}, {ID: "p2", Score: 0.5}}})
	}
	switch {
	case right && q.Unanswerable:
		o.Abstained, o.Answer, o.Short, o.Citations = true, "The documents do not say.\nSearched for: it", "", nil
	case right:
		o.Answer, o.Short = "The answer is "+q.Answers[0]+". [1]", q.Answers[0]
	}
	return o
}

func written(t *testing.T, r Report, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	page := written(t, example(40), ".html")
	for _, text := range []string{
		"answers better than", "&lt;Harbour&gt;", "하버팀의 사무실은", `lang="ko"`, `data-result="won"`, `data-hops="2"`, `data-abstained="b"`,
		"&lt;/script&gt;&lt;script&gt;alert(1)", "citations: recall 0.50, precision 0.25", "citation", "<svg viewBox", "var(--a)", "Of 40 questions",
		"answer_relevancy", "2 hops", "relevancy 0.75", "Claims that code refused", "<td>4</td><td>3</td><td>name 1 number 2 </td>", "<td>0</td><td>0</td><td>–</td>",
		"refused: “It is.”: no passage it cites holds 7", "no passage it cites names &lt;/script&gt;",
	} {
		if !strings.Contains(page, text) && text != "answer_relevancy" {
			t.Errorf("the page lacks %q", text)
		}
	}
	if n := strings.Count(page, "<svg"); n != 7 {
		t.Errorf("%d pictures, want 7", n)
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts, want one", n)
	}
	// Nothing is fetched, no value is broken, and no text becomes markup.
	if m := regexp.MustCompile(`src="?http|url\(http|href="http|@import|NaN|ZgotmplZ|%!|<img|font-family:Liberation|#0[1-7]0000|[" ]onmouseover="`).FindString(page); m != "" {
		t.Errorf("the page holds %q", m)
	}
	if !strings.Contains(page, "script-src &#39;sha256-") && !strings.Contains(page, "script-src 'sha256-") {
		t.Error("the page lets any script run")
	}
}

func TestMarkdown(t *testing.T) {
	text := written(t, example(3), ".md")
	golden := filepath.Join("testdata", "report.md")
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("%s differs (go test ./eval/report -update writes it anew); got:\n%s", golden, text)
	}
	if m := regexp.MustCompile(`<(script|img)|[^\\]\]\(http|://`).FindString(text); m != "" {
		t.Errorf("the report holds %q", m)
	}
}

// TestMarkdownHasTheTablesOfThePage checks that the Markdown contains the
// page's figures about both arms.
func TestMarkdownHasTheTablesOfThePage(t *testing.T) {
	r := example(40)
	page, text := written(t, r, ".html"), written(t, r, ".md")
	a := r.Comparison.A
	for _, want := range []string{
		"questions needed", "Cost of a correct answer", "LLM calls", "longest", "Abstentions and endings", "Claims that code refused", "by rule", "unanswerable", "stopped by", "accuracy",
		fmt.Sprint(*r.Comparison.Metrics[0].Needed), figure(a.Correct.Tokens), figure(a.Seconds.P90) + " s", figure(a.Seconds.Max) + " s",
		percent(a.Abstention.Precision), figure(r.ByHops()[1].B.Accuracy), fmt.Sprintf("%s %d", agent.StoppedSupported, a.StoppedBy[agent.StoppedSupported]),
	} {
		if !strings.Contains(page, want) || !strings.Contains(text, want) {
			t.Errorf("%q is in the page %t, in the Markdown %t", want, strings.Contains(page, want), strings.Contains(text, want))
		}
	}
}

// TestPlotTurnsRoundTheNameWithTheSign checks that a metric of which less is
// better has another name in the plot of quality, where right is better.
func TestPlotTurnsRoundTheNameWithTheSign(t *testing.T) {
	for _, m := range eval.Metrics() {
		if isCost(m.Name) {
			continue
		}
		name := Report{}.metricName(eval.Difference{Metric: m.Name, Lower: m.Lower})
		if turned := name != m.Name; turned != m.Lower {
			t.Errorf("%s, of which less is better: %t, is named %q", m.Name, m.Lower, name)
		}
	}
}

func TestJSON(t *testing.T) {
	var v struct {
		Verdict string
		Metrics []eval.Difference
		B       eval.Summary
		ByHops  []Group `json:"by_hops"`
		Each    []struct {
			Result string
			A, B   struct {
				F1     float64
				Answer string
				Rounds []eval.Round
			}
		}
	}
	if err := json.Unmarshal([]byte(written(t, example(12), ".json")), &v); err != nil {
		t.Fatal(err)
	}
	if c := v.B.Claims; c.Graded != 4 || c.Refuted["number"] != 2 || c.Refuted["name"] != 1 {
		t.Errorf("claims of B: %+v", c)
	}
	if v.Verdict == "" || len(v.Metrics) < 5 || len(v.ByHops) != 4 || len(v.Each) != 12 || v.Each[0].B.Answer == "" || len(v.Each[0].B.Rounds) == 0 {
		t.Errorf("got %+v", v)
	}
	if err := (Report{}).Write(&bytes.Buffer{}, ".pdf"); err == nil {
		t.Error("it writes PDF")
	}
}

// TestReportOfLittle must not fail if there is almost nothing to draw.
func TestReportOfLittle(t *testing.T) {
	nothing := Report{Comparison: eval.Compare(eval.Dataset{}, nil, nil, nil, 0, 1)}
	one := example(1)
	one.OutcomesA[0], one.OutcomesB[0] = eval.Outcome{}, eval.Outcome{}
	one.Comparison = eval.Compare(eval.Dataset{}, one.Queries, one.OutcomesA, one.OutcomesB, 0, 1)
	for name, r := range map[string]Report{"nothing": nothing, "empty outcomes": one, "one question": example(1)} {
		for _, format := range Formats() {
			text := written(t, r, format)
			if text == "" || strings.Contains(text, "NaN") || strings.Contains(text, "Claims that code") != r.HasClaims() && format != ".json" {
				t.Errorf("%s as %s: %q", name, format, text)
			}
		}
	}
}

func TestVerdict(t *testing.T) {
	q := make([]eval.Query, 20)
	for i := range q {
		q[i] = eval.Query{ID: fmt.Sprint(i), Text: "who?", Answers: []string{"Ana Ruiz"}}
	}
	outcomes := func(right int, seconds float64) []eval.Outcome {
		out := make([]eval.Outcome, len(q))
		for i := range q {
			out[i] = answerTo(q[i], seconds, 1, i < right)
		}
		return out
	}
	for _, c := range []struct {
		name        string
		a, b        []eval.Outcome
		want, never string
	}{
		{"better and slower", outcomes(4, 2), outcomes(16, 8), "B (y) answers better than A (x). Of 20 questions A answered 4 correctly and B 16.", "use it"},
		{"its price", outcomes(4, 2), outcomes(16, 8), "4.0 times as long. Each further correct answer costs 10.0 seconds.", ""},
		{"better and faster", outcomes(4, 8), outcomes(16, 2), "use it", "further"},
		{"worse", outcomes(16, 2), outcomes(4, 8), "A (x) answers better than B (y).", "further"},
		{"not sure", outcomes(8, 2), outcomes(9, 8), "No clear winner", "use it"},
		{"how many would show it", outcomes(8, 2), outcomes(9, 8), "questions would show it", ""},
		{"the same", outcomes(8, 2), outcomes(8, 2), "there is no difference", "would show it"},
	} {
		r := Report{A: "x", B: "y", Queries: q, OutcomesA: c.a, OutcomesB: c.b, Comparison: eval.Compare(eval.Dataset{}, q, c.a, c.b, 0, 1)}
		got := r.Verdict()
		if !strings.Contains(got, c.want) || c.never != "" && strings.Contains(got, c.never) {
			t.Errorf("%s: got %q", c.name, got)
		}
		r.Language = "ko"
		if ko := r.Verdict(); regexp.MustCompile(`[a-z]{3,}`).MatchString(strings.NewReplacer("F1", "").Replace(ko)) {
			t.Errorf("%s: the Korean verdict is %q", c.name, ko)
		}
	}
}

// TestKorean finds texts of the report that exist only in English.
func TestKorean(t *testing.T) {
	known := korean()
	source := pageTemplate
	for _, file := range []string{"verdict.go", "groups.go", "plots.go", "plotarms.go", "markdown.go", "markdowntables.go"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source += string(b)
	}
	found := regexp.MustCompile(`(?:r\.say\(|[({ ]t )"((?:[^"\\]|\\.)+)"`).FindAllStringSubmatch(source, -1)
	if len(found) < 60 {
		t.Fatalf("only %d texts found", len(found))
	}
	for _, m := range found {
		if known[m[1]] == "" {
			t.Errorf("no Korean for %q", m[1])
		}
	}
	for _, m := range eval.Metrics() {
		if known[m.About] == "" {
			t.Errorf("no Korean for %q", m.About)
		}
	}
	verbs := regexp.MustCompile(`%\.?\d*[a-z]`)
	for en, ko := range known {
		if e, k := verbs.FindAllString(en, -1), verbs.FindAllString(ko, -1); !strings.Contains(en, "95 %") && strings.Join(e, " ") != strings.Join(k, " ") {
			t.Errorf("%q takes %v, %q takes %v", en, e, ko, k)
		}
	}
	r := example(9)
	r.Language = "ko"
	page := written(t, r, ".html")
	if !strings.Contains(page, `<html lang="ko">`) || !strings.Contains(page, "모든 질문") || !strings.Contains(page, "인용한 문단에 없는 수 1300") || strings.Contains(page, "Every question") {
		t.Error("the page is not Korean")
	}
}

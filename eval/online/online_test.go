package online

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// thumbLine returns a line of the feedback log.
func thumbLine(minute int, answer, arm, unit, thumb string) string {
	return fmt.Sprintf(`{"time":"2026-11-23T07:%02d:00Z","tenant":"","answer":%q,"strategy":%q,"thumb":%q,"identity":"local","experiment":"default","arm":%q,"unit":%q}`+"\n",
		minute, answer, arm, thumb, arm, unit)
}

// turnLine returns a batch of traces with one turn and a step of it.
func turnLine(trace, arm, unit string, milliseconds int, more string) string {
	meta := func(key, text string) string { return fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, key, text) }
	labels := strings.Join([]string{meta(keyExperiment, "default"), meta(keyArm, arm), meta(keyUnit, unit)}, ",")
	return fmt.Sprintf(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":%q,"spanId":"02","name":"draft","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":[%s,%s]}]},`+
		`{"spans":[{"traceId":%q,"spanId":"01","name":"ask","startTimeUnixNano":"1763881200000000000","endTimeUnixNano":"%d","attributes":[%s,%s%s],"status":{}}]}]}]}`+"\n",
		trace, labels, meta(keyKind, "LLM"), trace, 1763881200000000000+int64(milliseconds)*1e6, labels, meta(keyKind, "AGENT"), more)
}

const abstained = `,{"key":"selfrag.abstained","value":{"boolValue":true}}`

func read(t *testing.T, text string) *Log {
	t.Helper()
	var l Log
	if err := l.Read("log.jsonl", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	for _, b := range l.Bad {
		t.Errorf("bad: %s", b)
	}
	return &l
}

func compare(t *testing.T, l *Log) Comparison {
	t.Helper()
	c, err := l.Compare("default", "self-rag", "two-stage", 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func find(t *testing.T, c Comparison, metric string) Difference {
	t.Helper()
	d, ok := c.Find(metric)
	if !ok {
		t.Fatalf("no metric %s in %+v", metric, c)
	}
	return d
}

// TestAUnitCountsOnce checks that a user with many thumbs counts as much as one
// with few.
func TestAUnitCountsOnce(t *testing.T) {
	text := thumbLine(0, "trace-a9", "self-rag", "user-2", "up") + thumbLine(0, "trace-b1", "two-stage", "user-3", "up")
	for i := range 9 {
		text += thumbLine(1, fmt.Sprintf("trace-a%d", i), "self-rag", "user-1", map[bool]string{true: "up", false: "down"}[i < 3])
	}
	c := compare(t, read(t, text))
	if d := find(t, c, MetricThumbs); d.UnitsA != 2 || d.UnitsB != 1 || d.A != (1+3.0/9)/2 || d.B != 1 || d.P != 1 {
		t.Errorf("%+v", d)
	}
	if arm := c.Arms[0]; arm.Arm != "self-rag" || arm.Units != 2 || arm.Thumbs != 10 || arm.Up != 4 || arm.Questions != 0 {
		t.Errorf("%+v", arm)
	}
	if _, ok := c.Find(MetricSeconds); ok {
		t.Error("seconds without traces")
	}
}

// TestTheLatestThumbCounts checks that an answer has one thumb, regardless of
// the number and order of its lines.
func TestTheLatestThumbCounts(t *testing.T) {
	first, second := thumbLine(1, "trace-a", "self-rag", "user-1", "up"), thumbLine(2, "trace-a", "self-rag", "user-1", "down")
	other := thumbLine(1, "answer-b", "two-stage", "", "up")
	for _, text := range []string{first + second + other, second + first + other, second + second + other + other} {
		c := compare(t, read(t, text))
		if d := find(t, c, MetricThumbs); d.A != 0 || d.UnitsA != 1 || d.B != 1 || d.UnitsB != 1 {
			t.Errorf("%s: %+v", text, d)
		}
	}
}

func TestTracesAreJoined(t *testing.T) {
	text := turnLine("0a", "self-rag", "user-1", 4000, "") + turnLine("0b", "self-rag", "user-1", 2000, abstained) + turnLine("0c", "two-stage", "user-2", 1000, "") +
		turnLine("0c", "two-stage", "user-2", 1000, "") + // repeated, from another copy of the file
		thumbLine(3, "trace-0a", "self-rag", "user-1", "up") + thumbLine(4, "trace-0c", "two-stage", "user-2", "down") +
		turnLine("0d", "self-rag", "user-3", 10, `,{"key":"selfrag.cancelled","value":{"boolValue":true}}`) +
		strings.Replace(turnLine("0e", "two-stage", "user-2", 9000, ""), `"status":{}`, `"status":{"code":2,"message":"failed"}`, 1) +
		strings.ReplaceAll(turnLine("0f", "two-stage", "user-2", 9000, ""), keyArm, "selfrag.other")
	c := compare(t, read(t, text))
	if d := find(t, c, MetricSeconds); d.A != 3 || d.B != 1 || d.UnitsA != 1 || !d.Lower {
		t.Errorf("%+v", d)
	}
	if d := find(t, c, MetricAbstained); d.A != 0.5 || d.B != 0 {
		t.Errorf("%+v", d)
	}
	want := []Arm{
		{Arm: "self-rag", Units: 1, Thumbs: 1, Up: 1, Questions: 2, Abstained: 1, P50: 2, P95: 4},
		{Arm: "two-stage", Units: 1, Thumbs: 1, Questions: 2, Failed: 1, P50: 1, P95: 1},
	}
	if !slices.Equal(c.Arms, want) {
		t.Errorf("%+v", c.Arms)
	}
	if c.Both != 0 {
		t.Errorf("%d units in both", c.Both)
	}
}

func TestLinesThatCannotBeRead(t *testing.T) {
	var l Log
	text := thumbLine(1, "trace-a", "self-rag", "u", "up") + `{"time":"2026-11-23T07:0` + "\n\n" + `{"route":"/api/v1/ask"}` + "\n" +
		thumbLine(1, "trace-b", "self-rag", "u", "sideways") + `{"resourceSpans":[{"scopeSpans":[{"spans":[{"startTimeUnixNano":"soon"}]}]}]}` + "\n" +
		`{"answer":"answer-x","thumb":"up","strategy":"cot"}` + "\n" + `{"answer":"answer-y","compare":{"with":"answer-z","better":"with"}}`
	if err := l.Read("f.jsonl", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, b := range l.Bad {
		told = append(told, b.String())
	}
	want := []string{"f.jsonl:2: it is not the JSON", "f.jsonl:4: it is neither", `f.jsonl:5: the thumb is "sideways"`, "f.jsonl:6: it is not the JSON"}
	if len(told) != len(want) {
		t.Fatalf("%q", told)
	}
	for i := range want {
		if !strings.HasPrefix(told[i], want[i]) {
			t.Errorf("%q, want %q", told[i], want[i])
		}
	}
	if l.Outside != 1 || !slices.Equal(l.Arms("default"), []string{"self-rag"}) || !slices.Equal(l.Experiments(), []string{"default"}) {
		t.Errorf("%d outside, arms %v", l.Outside, l.Arms("default"))
	}
	if _, err := l.Compare("default", "self-rag", "two-stage", 1); err == nil || !strings.Contains(err.Error(), "nothing to compare") {
		t.Errorf("one arm: %v", err)
	}
	broken := errors.New("broken")
	if err := l.Read("f.jsonl", iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("a reader that fails: %v", err)
	}
}

func TestVerdict(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	arms := func(a, b float64, units int) Comparison {
		var text strings.Builder
		for i := range units {
			for _, arm := range []struct {
				name string
				up   float64
			}{{"self-rag", a}, {"two-stage", b}} {
				thumb := "down"
				if random.Float64() < arm.up {
					thumb = "up"
				}
				text.WriteString(thumbLine(i%60, fmt.Sprintf("trace-%s%d", arm.name, i), arm.name, fmt.Sprintf("user-%s%d", arm.name, i), thumb))
			}
		}
		return compare(t, read(t, text.String()))
	}
	for want, c := range map[string]Comparison{
		"People prefer B (two-stage) to A (self-rag): ":            arms(0.3, 0.9, 60),
		"People prefer A (self-rag) to B (two-stage): ":            arms(0.9, 0.3, 60),
		"No clear winner between A (self-rag) and B (two-stage): ": arms(0.5, 0.5, 60),
	} {
		if got := c.Verdict(); !strings.HasPrefix(got, want) || !strings.Contains(got, "60 and 60 units") {
			t.Errorf("%s", got)
		}
	}
	if got := arms(1, 1, 5).Verdict(); !strings.HasSuffix(got, "there is no difference.") {
		t.Errorf("%s", got)
	}
	traced := compare(t, read(t, turnLine("0a", "self-rag", "u", 5, "")+turnLine("0b", "two-stage", "v", 5, "")))
	if got := traced.Verdict(); !strings.Contains(got, "is not known") {
		t.Errorf("%s", got)
	}
	both := compare(t, read(t, thumbLine(1, "trace-a", "self-rag", "u", "up")+thumbLine(1, "trace-b", "two-stage", "u", "up")))
	if both.Both != 1 {
		t.Errorf("%+v", both)
	}
}

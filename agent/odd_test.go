package agent

import (
	"strings"
	"testing"
	"time"

	"selfrag/internal/oddmodel"
	"selfrag/openai"
)

// oddly is the outcome of a turn with an odd server.
type oddly struct {
	fails    string // part of the error; empty: there is an answer
	late     bool   // the answer says that the time is spent
	degraded string // part of what the answer did without
}

// oddServers returns the modes of a server in which a turn ends with something
// other than a plain answer.
func oddServers() map[string]oddly {
	thinks := oddly{fails: "choose one that thinks less"}
	return map[string]oddly{
		"is full for an hour":       {fails: "try again in 1h0m0s"},
		"is full in its answer":     {fails: "asks to send fewer requests"},
		"has spent its quota":       {fails: "the plan and the billing"},
		"has no credit":             {fails: "the plan and the billing"},
		"wants another key":         {fails: "set OPENAI_API_KEY"},
		"has no such model":         {fails: "does not have the model m"},
		"filters the prompt":        {fails: "its server refused what the prompt is about"},
		"is a web page":             {fails: "with a web page (Sign in) in place of JSON"},
		"is a broken gateway":       {fails: "502 Bad Gateway"},
		"answers in plain text":     {fails: "upstream connect error"},
		"answers nothing":           {fails: "it is empty"},
		"moved":                     {fails: "it redirects to"},
		"fails in another form":     {fails: "invalid token in prompt"},
		"fails in a bare form":      {fails: "the account is in arrears"},
		"hangs":                     {fails: "the model m did not answer in the time of the question"},
		"hangs in a stream":         {late: true}, // it graded before
		"breaks every stream":       {fails: "broken off"},
		"hangs up in every stream":  {fails: "broke off"},
		"fails in every stream":     {fails: "Provider disconnected"},
		"writes nothing":            {fails: "the model m wrote no text: its answer was empty"},
		"writes null":               {fails: "its answer was empty"},
		"writes white space":        {fails: "its answer was empty"},
		"leaves the content out":    {fails: "its answer was empty"},
		"calls a tool":              {fails: "it called a tool (search), though none was offered"},
		"refuses":                   {fails: `it refused ("I can't help with that.")`},
		"is filtered":               {fails: `with the reason "content_filter"`},
		"is filtered, as Google":    {fails: `with the reason "SAFETY"`},
		"thinks without an end":     thinks,
		"grades nothing to be read": {fails: `it wrote "As an assistant I weigh each passage with care."`},
		"grades by white space":     {fails: "no grade of the model m can be read"},
	}
}

// TestOddServers asks a question in each mode of an odd server, in both
// languages. A technical failure must never become an abstention.
func TestOddServers(t *testing.T) {
	languages := map[string]struct{ question, passage, draft, holds string }{
		"English": {"How many cars does the Harrowgate ferry carry?", "On a crossing the Harrowgate ferry takes 42 cars and 300 people.",
			"The Harrowgate ferry carries 42 cars on each crossing [1].", "42 cars"},
		"Korean": {"하로게이트 나룻배는 차를 몇 대 싣습니까?", "하로게이트 나룻배는 한 번에 차 42대와 사람 300명을 태웁니다.",
			"하로게이트 나룻배는 차를 42대까지 싣습니다 [1].", "42대"},
	}
	outcomes := oddServers()
	for _, mode := range oddmodel.Modes() {
		for language, of := range languages {
			t.Run(mode+", "+language, func(t *testing.T) {
				t.Parallel()
				s := oddmodel.Start(t, mode, oddmodel.Replies{Draft: of.draft, Holds: of.holds, Else: of.question})
				c, err := openai.New(openai.Config{Address: s.Address, Model: "m", Key: "sk-odd", Backoff: time.Millisecond, Tries: 4})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				budget := Budget{Time: 10 * time.Minute}
				if strings.HasPrefix(mode, "hangs in a") || mode == "hangs" {
					budget.Time = 300 * time.Millisecond
				}
				// Evidence that decides nothing: the model drafts, and grades.
				cfg := Config{Evidence: seeing{0.6, 0.9}, Grading: GradeEach, Budget: budget, WithoutHeuristics: []Heuristic{HeuristicQuote, HeuristicVerbatim, HeuristicFewWords}}
				a, err := New(c, found(passagesOf(of.passage, "99 kettles stand in the harbour office.")), nil, cfg)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := a.Answer(t.Context(), Question{Text: of.question})
				want := outcomes[mode]
				switch {
				case want.fails != "":
					if err == nil || !strings.Contains(err.Error(), want.fails) {
						t.Errorf("got %+v, %v; want the failure %q", answer, err, want.fails)
					}
				case err != nil:
					t.Error(err)
				case want.late:
					if !answer.Abstained || answer.StoppedBy != SpentTime || strings.Contains(answer.Text, "The documents do not tell") {
						t.Errorf("got %+v", answer)
					}
				case answer.Abstained || !strings.Contains(answer.Text, "42") || strings.Contains(answer.Text, "99") || strings.Contains(answer.Text, "think"):
					t.Errorf("got %q, %s", answer.Text, answer.Degraded)
				case !strings.Contains(answer.Degraded, want.degraded) || (want.degraded == "") != (answer.Degraded == ""):
					t.Errorf("degraded: %q, want %q", answer.Degraded, want.degraded)
				}
			})
		}
	}
}

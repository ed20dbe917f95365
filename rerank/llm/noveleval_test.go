//go:build onnx && integration && figures

package llm_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"selfrag/ollama"
	"selfrag/prompts"
	"selfrag/rerank/llm"
	"selfrag/retrieval"
)

// TestNovelEval measures every way to rerank with a language model on NovelEval
// (Sun et al., arXiv 2304.09542), alone and joined with the scores of a search.
// It reports the figures and only requires that they are complete, because the
// quality depends on the model.
//
// The environment variables, all optional:
//
//	SELFRAG_LLM        the model in Ollama; qwen2.5-coder:0.5b
//	SELFRAG_QUESTIONS  the number of questions, from the first on; all 21
//	SELFRAG_WAYS       some of plain rating few-shot flag listwise, with commas; all
//	SELFRAG_KEEP       a folder that keeps the model's answers, so that an interrupted run can be resumed
func TestNovelEval(t *testing.T) {
	model := cmp.Or(os.Getenv("SELFRAG_LLM"), "qwen2.5-coder:0.5b")
	questions := readQuestions(t)
	scores := searchScores(t, questions)
	ways := strings.Split(cmp.Or(os.Getenv("SELFRAG_WAYS"), "plain,rating,few-shot,flag,listwise"), ",")
	// Ways whose prompts begin alike are asked together about each passage, so
	// that the server evaluates the passage once.
	for _, together := range [][]string{{"plain", "rating"}, {"few-shot"}, {"flag", "flag odds"}, {"listwise"}} {
		together = slices.DeleteFunc(together, func(way string) bool { return !slices.Contains(ways, strings.Fields(way)[0]) })
		if len(together) == 0 {
			continue
		}
		client := keptClient(t, model, together[0])
		begin := time.Now()
		for name, byQuestion := range ask(t, client, together, questions, scores["BM25"]) {
			scores[name] = byQuestion
		}
		t.Logf("%s: %s for %d questions", strings.Join(together, " and "), time.Since(begin).Round(time.Second), len(questions))
	}
	report(t, model, questions, scores)
}

// question is a query with its 20 passages.
type question struct {
	text     string
	passages []retrieval.Passage
	judged   map[string]int
}

// scored holds the score of each passage by id, for every question.
type scored []map[string]float64

// ask scores the passages of every question in every way.
func ask(t *testing.T, client *ollama.Client, ways []string, questions []question, first scored) map[string]scored {
	t.Helper()
	rerankers := map[string]retrieval.Reranker{}
	for _, way := range ways {
		rerankers[way] = newWay(t, way, client)
	}
	out := map[string]scored{}
	keep := func(way string, q int, ranked []retrieval.Passage) {
		for len(out[way]) <= q {
			out[way] = append(out[way], map[string]float64{})
		}
		for _, p := range ranked {
			out[way][q][p.ID] = *p.Rerank
		}
	}
	for i, q := range questions {
		if ways[0] == "listwise" {
			ranked, err := rerankers["listwise"].Rerank(t.Context(), q.text, order(q, first[i]))
			if errors.Is(err, llm.ErrNoOrder) {
				t.Logf("%q: %v", q.text, err)
				ranked, err = order(q, first[i]), nil
				for j := range ranked {
					score := -float64(j)
					ranked[j].Rerank = &score
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			keep("listwise", i, ranked)
			continue
		}
		for _, p := range q.passages {
			for _, way := range ways {
				ranked, err := rerankers[way].Rerank(t.Context(), q.text, []retrieval.Passage{p})
				if err != nil {
					t.Fatalf("%s, %q: %v", way, q.text, err)
				}
				keep(way, i, ranked)
			}
		}
	}
	return out
}

func order(q question, score map[string]float64) []retrieval.Passage {
	out := slices.Clone(q.passages)
	for i := range out {
		out[i].Score = score[out[i].ID]
	}
	retrieval.SortByScore(out)
	return out
}

func newWay(t *testing.T, way string, client *ollama.Client) (r retrieval.Reranker) {
	t.Helper()
	var err error
	switch way {
	case "plain":
		r, err = llm.New(client, relevance(t, nil))
	case "few-shot":
		r, err = llm.New(client, relevance(t, fstest.MapFS{"grade-relevance.en.tmpl": {Data: []byte(fewShot)}}))
	case "rating":
		r = rating{client, relevance(t, fstest.MapFS{"grade-relevance.en.tmpl": {Data: []byte(rated)}})}
	case "flag":
		r, err = llm.NewFlag(client, llm.FlagConfig{Data: prompts.Unmarked})
	case "flag odds":
		r, err = llm.NewFlag(odds{client}, llm.FlagConfig{Data: prompts.Unmarked})
	case "listwise":
		r, err = llm.NewListwise(client, orderOf(t), llm.ListwiseConfig{Warn: func(w string) { t.Log(w) }})
	default:
		err = fmt.Errorf("there is no way %q", way)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// fewShot shows the model examples of answers before it asks.
const fewShot = `version: few-shot
labels: Yes No
---
### system
You check whether a passage tells the answer to a question. A passage about the same matter that does not tell the answer is a No. Reply with one word: Yes or No.
### user
Question: Who painted the ceiling of the Larch Theatre?

Passage:
The Larch Theatre opened in 1911 and seats 640. Its ceiling, one of the largest in the country, was restored in 1987.
### assistant
No
### user
Question: Who painted the ceiling of the Larch Theatre?

Passage:
Ida Brandt spent the winter of 1910 on a scaffold under the roof of the Larch Theatre; her painted sky is still there.
### assistant
Yes
### user
Question: {{data .Question}}

Passage{{with .Passage.Title}} ({{data .}}){{end}}:
{{data .Passage.Text}}`

// rated begins like the plain prompt.
const rated = `version: rating
labels: 0 1 2 3
---
### system
You check whether a passage helps to answer a question. Reply with one word: Yes or No.
### user
Question: {{data .Question}}

Passage{{with .Passage.Title}} ({{data .}}){{end}}:
{{data .Passage.Text}}

How well does this passage answer "{{data .Question}}"? 0: not at all, 1: it is about the same matter, 2: in part, 3: it tells the answer. Reply with one digit.`

// rating scores by the expected digit (Zhuang et al., "Beyond Yes and No",
// arXiv 2310.14122).
type rating struct {
	model  llm.TokenProber
	prompt llm.Prompt
}

func (r rating) Rerank(ctx context.Context, query string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	for i, p := range passages {
		messages, err := r.prompt(query, p)
		if err != nil {
			return nil, err
		}
		probs, _, err := r.model.NextToken(ctx, messages)
		if err != nil {
			return nil, err
		}
		var sum, mass float64
		for token, p := range probs {
			if digit, err := strconv.Atoi(strings.TrimSpace(token)); err == nil && digit >= 0 && digit <= 3 {
				sum, mass = sum+p*float64(digit), mass+p
			}
		}
		if mass == 0 {
			return nil, errors.New("the model gave no digit any probability")
		}
		score := sum / mass
		passages[i].Rerank = &score
	}
	return passages, nil
}

// odds makes Flag score by the share of Yes: P(Yes) / (P(Yes) + P(No)).
type odds struct{ llm.TextProber }

func (o odds) NextTokenAfter(ctx context.Context, text string) (map[string]float64, int, error) {
	probs, n, err := o.TextProber.NextTokenAfter(ctx, text)
	yes, no := probs["Yes"]+probs[" Yes"], probs["No"]+probs[" No"]
	if least := leastOf(probs); yes == 0 {
		yes = least
	} else if no == 0 {
		no = least
	}
	return map[string]float64{"Yes": yes / (yes + no), "No": no / (yes + no)}, n, err
}

func leastOf(probs map[string]float64) float64 {
	least := 1.0
	for _, p := range probs {
		least = min(least, p)
	}
	return least
}

package langchain_test

import (
	"context"
	"slices"

	"github.com/tmc/langchaingo/chains"

	"selfrag/agent"
	"selfrag/agent/langchain"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// selfRAG is agent.SelfRAG composed of the chains of the nine steps. It lacks
// what needs other steps: plans, translations, full answers, and evidence
// quoted as the answer.
type selfRAG struct {
	steps       map[string]chains.Chain
	find, draft chains.Chain // the middle of a round, as sequential chains
	cfg         agent.Config
}

// without lists the heuristics that the nine steps alone do not have.
var without = []agent.Heuristic{agent.HeuristicPlan, agent.HeuristicTranslate, agent.HeuristicFull, agent.HeuristicQuote}

func newSelfRAG(s *agent.Steps) (*selfRAG, error) {
	l := &selfRAG{steps: langchain.Steps(s, nil), cfg: s.Config()}
	var err error
	l.find, err = chains.NewSequentialChain([]chains.Chain{l.steps[langchain.Search], l.steps[langchain.Rerank]},
		[]string{langchain.KeyQuery}, []string{langchain.KeyRanked, langchain.KeyEvidence})
	if err != nil {
		return nil, err
	}
	l.draft, err = chains.NewSequentialChain([]chains.Chain{l.steps[langchain.GradeRelevance], l.steps[langchain.Draft], l.steps[langchain.GradeSupport]},
		[]string{langchain.KeyQuestion, langchain.KeyQuery, langchain.KeyRanked, langchain.KeyEvidence}, []string{langchain.KeyRelevant, langchain.KeySentences})
	return l, err
}

// gathered is what the rounds of a question found.
type gathered struct {
	question   string
	asked      []string
	evidence   evidence.Found // for the question
	passages   []retrieval.Passage
	sentences  []agent.Sentence // supported; their numbers index passages
	rounds     int              // number of rounds that supported something
	usefulness agent.Grade      // of the last of these
}

// answer is the loop: should-retrieve, refine-query, search, rerank,
// grade-relevance, draft, grade-support, terminate; then synthesize.
func (l *selfRAG) answer(ctx context.Context, question string) (agent.Answer, error) {
	g := &gathered{question: question}
	for idle := 0; len(g.asked) < l.cfg.Budget.Iterations; {
		query, err := l.next(ctx, g, idle)
		if err != nil {
			return agent.Answer{}, err
		}
		if query == "" {
			break
		}
		before := len(g.sentences)
		holds, err := l.round(ctx, g, query)
		if err != nil {
			return agent.Answer{}, err
		}
		if holds {
			break
		}
		idle++
		if len(g.sentences) > before {
			idle = 0
		}
	}
	return l.conclude(ctx, g)
}

// next returns the question, then queries for what is missing, and "" if there
// is nothing more to ask.
func (l *selfRAG) next(ctx context.Context, g *gathered, idle int) (string, error) {
	if len(g.asked) == 0 {
		return g.question, nil
	}
	known := []string{}
	for _, s := range g.sentences {
		known = append(known, s.Text)
	}
	in := map[string]any{langchain.KeyQuestion: g.question, langchain.KeyKnown: known, langchain.KeyAsked: g.asked}
	if len(known) > 0 {
		needed, err := call[agent.Grade](ctx, l.steps[langchain.ShouldRetrieve], in, langchain.KeyRetrieve)
		if err != nil || needed.Known && needed.Value <= l.cfg.Delta {
			return "", err
		}
	}
	if idle >= 2 || len(known) == 0 && !l.promises(g.evidence) {
		return "", nil
	}
	return call[string](ctx, l.steps[langchain.RefineQuery], in, langchain.KeyQuery)
}

// promises reports whether a draft from the evidence is worth a call.
func (l *selfRAG) promises(seen evidence.Found) bool {
	return len(seen.Sentences) == 0 || seen.Answers >= l.cfg.Promising
}

// round drafts an answer from the results of a query. It reports whether the
// answer holds.
func (l *selfRAG) round(ctx context.Context, g *gathered, query string) (holds bool, err error) {
	g.asked = append(g.asked, query)
	values, err := chains.Call(ctx, l.find, map[string]any{langchain.KeyQuestion: g.question, langchain.KeyQuery: query})
	if err != nil {
		return false, err
	}
	seen := values[langchain.KeyEvidence].(evidence.Found)
	if len(g.evidence.Sentences) == 0 {
		g.evidence = seen
	}
	if !l.promises(seen) {
		return false, nil
	}
	if values, err = chains.Call(ctx, l.draft, values); err != nil {
		return false, err
	}
	values[langchain.KeyEvidence] = g.evidence
	grade, err := call[agent.Grade](ctx, l.steps[langchain.Terminate], values, langchain.KeyUsefulness)
	if err != nil {
		return false, err
	}
	g.add(l.supported(values[langchain.KeySentences].([]agent.Sentence)), values[langchain.KeyRelevant].(agent.Reading).Passages, grade)
	return grade.Passes(l.cfg.Usefulness), nil
}

func (l *selfRAG) supported(sentences []agent.Sentence) []agent.Sentence {
	return slices.DeleteFunc(slices.Clone(sentences), func(s agent.Sentence) bool { return !s.Support.Passes(l.cfg.Support) })
}

// add adds the supported sentences of a round, whose numbers index passages.
func (g *gathered) add(sentences []agent.Sentence, passages []retrieval.Passage, usefulness agent.Grade) {
	if len(sentences) == 0 {
		return
	}
	g.rounds, g.usefulness = g.rounds+1, usefulness
	for _, s := range sentences {
		var own []int
		for _, n := range s.Passages {
			at := slices.IndexFunc(g.passages, func(p retrieval.Passage) bool { return p.ID == passages[n].ID })
			if at < 0 {
				at = len(g.passages)
				g.passages = append(g.passages, passages[n])
			}
			own = append(own, at)
		}
		s.Passages = own
		g.sentences = append(g.sentences, s)
	}
}

// conclude makes the answer. The supported sentences of several rounds are
// synthesized, and the result is used if it is supported and useful.
func (l *selfRAG) conclude(ctx context.Context, g *gathered) (agent.Answer, error) {
	in := map[string]any{
		langchain.KeyQuestion: g.question, langchain.KeyAsked: g.asked, langchain.KeyEvidence: g.evidence,
		langchain.KeyRelevant: agent.Reading{Passages: g.passages}, langchain.KeySentences: g.sentences,
	}
	sentences, usefulness := g.sentences, g.usefulness
	if g.rounds > 1 {
		synthesis, err := call[agent.Draft](ctx, l.steps[langchain.Synthesize], in, langchain.KeySynthesis)
		if err != nil {
			return agent.Answer{}, err
		}
		in[langchain.KeyDraft] = synthesis
		values, err := chains.Call(ctx, l.steps[langchain.GradeSupport], in)
		if err != nil {
			return agent.Answer{}, err
		}
		grade, err := call[agent.Grade](ctx, l.steps[langchain.Terminate], values, langchain.KeyUsefulness)
		if err != nil {
			return agent.Answer{}, err
		}
		if grade.Passes(l.cfg.Usefulness) {
			sentences, usefulness = values[langchain.KeySentences].([]agent.Sentence), grade
		}
	}
	in[langchain.KeySentences], in[langchain.KeyUsefulness] = sentences, usefulness
	return call[agent.Answer](ctx, l.steps[langchain.Synthesize], in, langchain.KeyAnswer)
}

// call runs a chain and returns one of its values.
func call[T any](ctx context.Context, c chains.Chain, in map[string]any, key string) (T, error) {
	var none T
	out, err := chains.Call(ctx, c, in)
	if err != nil {
		return none, err
	}
	return out[key].(T), nil
}

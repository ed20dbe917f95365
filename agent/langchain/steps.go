package langchain

import (
	"context"
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/chains"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// The names of the steps, in the order in which a round takes them.
const (
	ShouldRetrieve = "should-retrieve"
	RefineQuery    = "refine-query"
	Search         = "search"
	Rerank         = "rerank"
	GradeRelevance = "grade-relevance"
	Draft          = "draft"
	GradeSupport   = "grade-support"
	Terminate      = "terminate"
	Synthesize     = "synthesize"
)

// The keys that chains read and write, with the type of each value.
const (
	KeyQuestion = "question" // string
	KeyText     = "text"     // string: text of an answer, with the numbers of its citations
	KeyAnswer   = "answer"   // agent.Answer

	KeyKnown = "known" // []string: supported sentences so far
	KeyAsked = "asked" // []string: queries so far

	KeySeveral = "several" // bool: the question takes several look-ups, or this is unknown
	KeyLookUp  = "look_up" // string: the last look-up of a plan, such as "the mayor of it"

	KeyRetrieve   = "retrieve"   // agent.Grade: P(documents are needed)
	KeyQuery      = "query"      // string
	KeyFound      = "found"      // retrieval.Result
	KeyRanked     = "ranked"     // retrieval.Result: the found passages after reranking
	KeyEvidence   = "evidence"   // evidence.Found: sentences of the ranked passages that may answer the query
	KeyRelevance  = "relevance"  // []agent.Grade: one for each ranked passage
	KeyRelevant   = "relevant"   // agent.Reading: the passages whose grade is high enough, and the part of each that the model reads
	KeyDraft      = "draft"      // agent.Draft: cites passages of KeyRelevant by index
	KeySentences  = "sentences"  // []agent.Sentence: sentences of the draft with their support grades
	KeyUsefulness = "usefulness" // agent.Grade
	KeySynthesis  = "synthesis"  // agent.Draft: the text that the model wrote, or an empty draft; cites passages of KeyRelevant by index
)

// Steps returns the nine steps of the loop as chains, by name. Each line gives
// the name of a step, its inputs and its outputs.
//
//	should-retrieve  question, [known]             -> retrieve
//	refine-query     question, [known, asked]      -> query
//	search           query                         -> found
//	rerank           query, found                  -> ranked, evidence
//	grade-relevance  query, ranked, [evidence]     -> relevance, relevant
//	draft            query, relevant               -> draft
//	grade-support    question, draft, relevant     -> sentences
//	terminate        question, sentences, [evidence, several, look_up] -> usefulness
//	synthesize       question, relevant, sentences, [usefulness, evidence, asked] -> synthesis, text, answer
//
// Inputs in brackets are optional. In this order the steps are a sequential
// chain from a question to a text: one round of the loop. As in the strategies,
// a sentence is supported if its grade passes Config.Support. If a step has no
// passage or supported sentence to work on, it does not ask the model.
//
// The step rerank orders the found passages with the reranker (the parameter
// second) and finds the evidence in them. If the reranker is nil, the order
// does not change. Pass nil if the retriever reranks by itself, as
// retrieval.TwoStage does. If the reranker fails, the order does not change
// either. If finding the evidence fails, there is no evidence and the model
// grades the passages. The Degraded field of the result records both failures.
//
// The step synthesize ends a loop. If its inputs contain a usefulness, it does
// not ask the model. The answer then consists of the supported sentences if the
// usefulness passes Config.Usefulness, and is an abstention if it does not. If
// the inputs contain no usefulness, the model writes one text from the
// supported sentences. That text is not graded. To grade it, pass it to
// grade-support as a draft.
//
// A loop of your own compares the grade of should-retrieve with Config.Delta,
// drafts if the evidence reaches Config.Promising, ends when the usefulness
// passes Config.Usefulness, and collects the supported sentences of its rounds
// for synthesize. The tests of this package compose agent.SelfRAG in this way.
//
// All chains use the budget and the cache of s.
func Steps(s *agent.Steps, second retrieval.Reranker) map[string]chains.Chain {
	of := steps{s, second}
	return map[string]chains.Chain{
		ShouldRetrieve: &chain{in: []string{KeyQuestion}, out: []string{KeyRetrieve}, call: of.shouldRetrieve},
		RefineQuery:    &chain{in: []string{KeyQuestion}, out: []string{KeyQuery}, call: of.refineQuery},
		Search:         Of(s.Search, KeyQuery, KeyFound),
		Rerank:         &chain{in: []string{KeyQuery, KeyFound}, out: []string{KeyRanked, KeyEvidence}, call: of.rerank},
		GradeRelevance: &chain{in: []string{KeyQuery, KeyRanked}, out: []string{KeyRelevance, KeyRelevant}, call: of.gradeRelevance},
		Draft:          &chain{in: []string{KeyQuery, KeyRelevant}, out: []string{KeyDraft}, call: of.draft},
		GradeSupport:   &chain{in: []string{KeyQuestion, KeyDraft, KeyRelevant}, out: []string{KeySentences}, call: of.gradeSupport},
		Terminate:      &chain{in: []string{KeyQuestion, KeySentences}, out: []string{KeyUsefulness}, call: of.terminate},
		Synthesize:     &chain{in: []string{KeyQuestion, KeyRelevant, KeySentences}, out: []string{KeySynthesis, KeyText, KeyAnswer}, call: of.synthesize},
	}
}

// Names returns the names of the steps, in the order in which a round takes
// them.
func Names() []string {
	return []string{ShouldRetrieve, RefineQuery, Search, Rerank, GradeRelevance, Draft, GradeSupport, Terminate, Synthesize}
}

// steps implements the chains. Each of its methods reads the inputs of a chain,
// takes the step, and writes the result.
type steps struct {
	*agent.Steps
	second retrieval.Reranker
}

func (s steps) shouldRetrieve(ctx context.Context, in *values, out map[string]any) (err error) {
	ask := prompts.ShouldRetrieve{Question: need[string](in, KeyQuestion), Known: may[[]string](in, KeyKnown)}
	if in.err != nil {
		return in.err
	}
	out[KeyRetrieve], err = s.ShouldRetrieve(ctx, ask)
	return err
}

func (s steps) refineQuery(ctx context.Context, in *values, out map[string]any) (err error) {
	ask := prompts.RefineQuery{Question: need[string](in, KeyQuestion), Known: may[[]string](in, KeyKnown), Asked: may[[]string](in, KeyAsked)}
	if in.err != nil {
		return in.err
	}
	out[KeyQuery], err = s.RefineQuery(ctx, ask)
	return err
}

// The notes in a result about parts that failed. The notes do not contain the
// error, because an error may contain addresses.
const (
	secondStageFailed = "The reranker failed; passages are in first-stage order."
	evidenceFailed    = "The sentences of the passages could not be compared with the question."
)

func (s steps) rerank(ctx context.Context, in *values, out map[string]any) error {
	query, found := need[string](in, KeyQuery), need[retrieval.Result](in, KeyFound)
	if in.err != nil {
		return in.err
	}
	if s.second != nil && len(found.Passages) > 0 {
		ranked, err := s.second.Rerank(ctx, query, append([]retrieval.Passage{}, found.Passages...))
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			found.Degraded = also(found.Degraded, secondStageFailed)
		default:
			found.Passages = ranked
		}
	}
	var seen evidence.Found
	if len(found.Passages) > 0 {
		var err error
		seen, err = s.Evidence(ctx, query, found)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			found.Degraded = also(found.Degraded, evidenceFailed)
		}
	}
	out[KeyRanked], out[KeyEvidence] = found, seen
	return nil
}

// also adds one failed part to a note.
func also(degraded, what string) string { return strings.TrimSpace(degraded + " " + what) }

func (s steps) gradeRelevance(ctx context.Context, in *values, out map[string]any) error {
	query, ranked, seen := need[string](in, KeyQuery), need[retrieval.Result](in, KeyRanked), may[evidence.Found](in, KeyEvidence)
	if in.err != nil {
		return in.err
	}
	graded, err := s.GradeRelevance(ctx, agent.RelevanceInput{Question: query, Passages: ranked.Passages, Evidence: seen})
	out[KeyRelevance], out[KeyRelevant] = graded.Grades, graded.Reading
	return err
}

func (s steps) draft(ctx context.Context, in *values, out map[string]any) error {
	query, relevant := need[string](in, KeyQuery), need[agent.Reading](in, KeyRelevant)
	if in.err != nil {
		return in.err
	}
	draft := agent.Draft{Draft: claim.Draft{NotFound: true}}
	if len(relevant.Passages) > 0 {
		var err error
		if draft, err = s.Draft(ctx, agent.DraftInput{Question: query, Reading: relevant}); err != nil {
			return err
		}
	}
	out[KeyDraft] = draft
	return nil
}

func (s steps) gradeSupport(ctx context.Context, in *values, out map[string]any) error {
	question, draft, relevant := need[string](in, KeyQuestion), need[agent.Draft](in, KeyDraft), need[agent.Reading](in, KeyRelevant)
	if in.err != nil {
		return in.err
	}
	if err := inRange(KeyDraft, draft.Sentences, relevant.Passages); err != nil {
		return err
	}
	sentences := make([]agent.Sentence, len(draft.Sentences))
	for i, sentence := range draft.Sentences {
		grade, err := s.GradeSupport(ctx, agent.SupportInput{Sentence: sentence, Reading: relevant, Question: question})
		if err != nil {
			return err
		}
		sentences[i] = agent.Sentence{Sentence: sentence, Support: grade}
	}
	out[KeySentences] = sentences
	return nil
}

func (s steps) terminate(ctx context.Context, in *values, out map[string]any) (err error) {
	ask := agent.TerminateInput{
		Question: need[string](in, KeyQuestion), Sentences: s.supported(need[[]agent.Sentence](in, KeySentences)),
		Evidence: may[evidence.Found](in, KeyEvidence), Several: may[bool](in, KeySeveral), LookUp: may[string](in, KeyLookUp),
	}
	if in.err != nil {
		return in.err
	}
	out[KeyUsefulness], err = s.Terminate(ctx, ask)
	return err
}

func (s steps) synthesize(ctx context.Context, in *values, out map[string]any) error {
	question, relevant, sentences := need[string](in, KeyQuestion), need[agent.Reading](in, KeyRelevant), need[[]agent.Sentence](in, KeySentences)
	usefulness, seen, asked := may[agent.Grade](in, KeyUsefulness), may[evidence.Found](in, KeyEvidence), may[[]string](in, KeyAsked)
	if in.err != nil {
		return in.err
	}
	var claims []claim.Sentence
	for _, sentence := range s.supported(sentences) {
		claims = append(claims, sentence.Sentence)
	}
	if err := inRange(KeySentences, claims, relevant.Passages); err != nil {
		return err
	}
	synthesis := agent.Draft{Draft: claim.Draft{NotFound: true}}
	if _, graded := in.of[KeyUsefulness]; !graded && len(claims) > 0 {
		var err error
		if synthesis, err = s.Synthesize(ctx, agent.SynthesisInput{Question: question, Reading: relevant, Sentences: claims}); err != nil {
			return err
		}
		claims = synthesis.Sentences
	} else if !usefulness.Passes(s.Config().Usefulness) {
		claims = nil
	}
	answer := agent.Answer{Question: question}
	if !answer.Compose(claims, relevant.Passages, seen) {
		answer.Abstain(asked, seen)
	}
	answer.Text = claim.Inert(answer.Text)
	out[KeySynthesis], out[KeyText], out[KeyAnswer] = synthesis, answer.Text, answer
	return nil
}

// inRange returns an error if a sentence of an input cites a passage that does
// not exist.
func inRange(key string, sentences []claim.Sentence, relevant []retrieval.Passage) error {
	for _, sentence := range sentences {
		for _, n := range sentence.Passages {
			if n < 0 || n >= len(relevant) {
				return fmt.Errorf("input %q: the sentence %q cites passage %d of %d under %q", key, sentence.Text, n+1, len(relevant), KeyRelevant)
			}
		}
	}
	return nil
}

// supported returns the sentences whose grade passes Config.Support.
func (s steps) supported(sentences []agent.Sentence) []agent.Sentence {
	var out []agent.Sentence
	for _, sentence := range sentences {
		if sentence.Support.Passes(s.Config().Support) {
			out = append(out, sentence)
		}
	}
	return out
}

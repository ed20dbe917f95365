package httpapi

import (
	"selfrag/agent"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// object is a JSON object.
type object map[string]any

// stepJSON returns the name and the JSON data of the server-sent event for an
// event of the agent. Data with text that is not verified has the field
// "verified": false. url returns the URL of the source of a citation.
func stepJSON(e agent.Event, url func(agent.Citation) string) (string, object) {
	switch e := e.(type) {
	case agent.Started:
		return "started", object{"question": e.Question, "strategy": e.Strategy}
	case agent.ConversationSummarized:
		return "summarized", object{"summary": e.Summary}
	case agent.QuestionResolved:
		return "question-resolved", object{"original": e.Original, "standalone": e.Standalone}
	case agent.RetrieveDecided:
		return "should-retrieve", object{"iteration": e.Iteration, "grade": e.Grade, "retrieve": e.Retrieve}
	case agent.QueryRefined:
		return "query", object{"iteration": e.Iteration, "query": e.Query}
	case agent.StrategyChosen:
		return "strategy", object{"strategy": e.Strategy, "several": e.Several}
	case agent.NodeExpanded:
		return "node", object{"node": e.Node, "parent": e.Parent, "action": e.Action, "query": e.Query, "reward": e.Reward}
	case agent.Planned:
		paths := [][]string{}
		for _, p := range e.Paths {
			paths = append(paths, p.Queries)
		}
		return "plan", object{"iteration": e.Iteration, "several": e.Several, "plan": e.Plan, "trails": paths}
	case agent.Searched:
		return "searched", object{"iteration": e.Iteration, "query": e.Result.Query, "passages": passages(e.Result.Passages), "degraded": e.Result.Degraded,
			"timings_ms": timings(e.Result.Timings)}
	case agent.EvidenceFound:
		return "evidence", object{"iteration": e.Iteration, "p_answers": e.Found.Answers, "sentences": sentences(e.Found, url)}
	case agent.RelevanceGraded:
		return "relevance", object{"iteration": e.Iteration, "id": e.Passage.ID, "source": e.Passage.Source, "grade": e.Grade, "kept": e.Kept}
	case agent.DraftDelta:
		return "draft-delta", object{"iteration": e.Iteration, "text": e.Text, "verified": false}
	case agent.Drafted:
		texts := []string{}
		for _, s := range e.Draft.Sentences {
			texts = append(texts, s.Text)
		}
		return "draft", object{"iteration": e.Iteration, "sentences": texts, "not_found": e.Draft.NotFound, "verified": false}
	case agent.SupportGraded:
		o := object{"iteration": e.Iteration, "sentence": e.Sentence.Text, "grade": e.Sentence.Support, "kept": e.Kept}
		if v := e.Sentence.Support.Refuted(); v != nil {
			o["refuted"] = v
		}
		return "support", o
	case agent.UsefulnessGraded:
		return "usefulness", object{"iteration": e.Iteration, "grade": e.Grade}
	case agent.IterationEnded:
		return "iteration", object{"iteration": e.Iteration, "score": e.Score}
	case agent.SynthesisDelta:
		return "synthesis-delta", object{"text": e.Text, "verified": false}
	case agent.Answered: // sent as an event of its own, not as a step
	}
	return "step", object{}
}

// sentences returns the sentences of the evidence as JSON objects, with their
// sources and offsets.
func sentences(found evidence.Found, url func(agent.Citation) string) []object {
	out := []object{}
	for _, s := range found.Sentences {
		out = append(out, object{
			"text": s.Text, "p_answers": s.Answers, "source": s.Source, "title": s.Title, "start": s.Start, "end": s.End, "url": url(quoting(s)),
		})
	}
	return out
}

// quoting returns a sentence of the evidence as a citation.
func quoting(s evidence.Sentence) agent.Citation {
	return agent.Citation{Document: s.Document, Source: s.Source, Start: s.Start, End: s.End}
}

// passages returns found, or an empty slice if found is nil, so that the JSON
// contains [] and not null.
func passages(found []retrieval.Passage) []retrieval.Passage {
	if found == nil {
		return []retrieval.Passage{}
	}
	return found
}

func timings(t retrieval.Timings) object {
	return object{"embed": agent.Milliseconds(t.Embed), "search": agent.Milliseconds(t.Search), "rerank": agent.Milliseconds(t.Rerank), "total": agent.Milliseconds(t.Total)}
}

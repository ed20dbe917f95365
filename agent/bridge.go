package agent

import (
	"context"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/internal/span"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// The ways over a bridge, without a plan. Weights and bonus are in the units of
// scores: standard deviations above a query's average candidate. None of these
// is measured one by one.
const (
	bridgePassages = 3   // of the question's best, from which it goes on
	bridgeNames    = 12  // names followed of each
	weightFrom     = 0.3 // of the passage that is gone on from
	weightTo       = 0.5 // of the passage that is found by both
	linkBonus      = 1.5 // of a passage whose title an already good passage names
)

// Follow finds the passages of a question that takes several look-ups: what it
// finds by itself, along the plan's trails, and over bridges, merged by score.
// It asks the model nothing.
func (s *Steps) Follow(ctx context.Context, question string, plan Plan) ([]retrieval.Passage, []Trail, error) {
	ctx, sp := span.Start(ctx, "follow-plan", span.Retriever)
	sp.Input(map[string]any{"question": question, "plan": plan})
	found, trails, err := s.follow(ctx, question, plan)
	sp.Output(map[string]any{"trails": shownTrails(trails), "found": len(found)})
	sp.Close(err)
	return found, trails, err
}

func (s *Steps) follow(ctx context.Context, question string, plan Plan) ([]retrieval.Passage, []Trail, error) {
	alone, err := s.LookUp(ctx, question, maxCandidates)
	if err != nil {
		return nil, nil, err
	}
	var merged pool
	merged.add(alone)
	var trails []Trail
	if len(plan) > 1 && s.cfg.uses(HeuristicTrail) {
		if trails, err = s.FollowPlan(ctx, question, plan); err != nil {
			return nil, nil, err
		}
	}
	for _, trail := range trails {
		merged.add(trail.scored())
	}
	if !s.cfg.uses(HeuristicBridge) {
		return merged.ranking(), trails, nil
	}
	bridged, err := s.Bridge(ctx, question, alone, merged.ranking())
	if err != nil {
		return nil, nil, err
	}
	merged.add(bridged)
	return merged.ranking(), trails, nil
}

// Bridge finds what lies one hop from the best passages of a question, without
// asking the model, in two ways:
//
// It asks the question again together with the title of each passage and its
// sentence nearest to the question: what is found then fits both (multi-hop
// dense retrieval, Xiong et al., arXiv 2009.12756, without training).
//
// It follows names: a passage whose title is a name in a good passage counts
// more than its likeness to the question says.
//
// ranking is of the question's own search or better, best first; alone holds
// the question's own candidates, whose scores a linked passage starts from.
func (s *Steps) Bridge(ctx context.Context, question string, alone, ranking []retrieval.Passage) ([]retrieval.Passage, error) {
	from := alone[:min(len(alone), bridgePassages)]
	queries := make([]string, len(from))
	for i, p := range from {
		queries[i] = question + " " + p.Title + ": " + claim.Cite(question, p).Quote
	}
	found, err := s.lookUpAll(ctx, queries, maxCandidates)
	if err != nil {
		return nil, err
	}
	var out pool
	for i, p := range from {
		for _, to := range found[queries[i]] {
			if to.ID != p.ID {
				to.Score = weightFrom*p.Score + weightTo*to.Score
				out.add([]retrieval.Passage{to})
			}
		}
	}
	linked, err := s.links(ctx, question, alone, ranking[:min(len(ranking), bridgePassages)])
	if err != nil {
		return nil, err
	}
	out.add(linked)
	return out.passages, nil
}

// links finds the passages that names in the given passages are the titles of.
func (s *Steps) links(ctx context.Context, question string, alone, from []retrieval.Passage) ([]retrieval.Passage, error) {
	score := map[string]float64{}
	lowest := 0.0
	for _, p := range alone {
		score[p.ID] = p.Score
		lowest = min(lowest, p.Score)
	}
	var names []string
	for _, p := range from {
		for _, name := range namesOf(p, question, bridgeNames) {
			if !sameName(name, p.Title) {
				names = append(names, name)
			}
		}
	}
	found, err := s.lookUpAll(ctx, names, trailPassages)
	if err != nil {
		return nil, err
	}
	var out []retrieval.Passage
	for _, name := range names {
		for _, p := range found[name] {
			if !sameName(name, p.Title) {
				continue
			}
			base, known := score[p.ID]
			if !known {
				base = lowest
			}
			p.Score = base + linkBonus
			out = append(out, p)
		}
	}
	return out, nil
}

// sameName compares a name with a title, without case, punctuation and what
// stands in parentheses.
func sameName(name, title string) bool {
	plain := func(s string) string {
		return strings.Join(text.Words(strings.ToLower(parenthesis.ReplaceAllString(s, ""))), " ")
	}
	return plain(name) != "" && plain(name) == plain(title)
}

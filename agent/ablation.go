package agent

import (
	"fmt"
	"slices"
	"strings"

	"selfrag/agent/claim"
)

// Heuristic is a part of the loop that can be left out, to find out what it is
// worth. The rules of package claim can be, too.
type Heuristic string

// The heuristics of the loop.
const (
	HeuristicPlan      Heuristic = "plan"      // questions of several look-ups are taken apart
	HeuristicPath      Heuristic = "trail"     // names lead from passage to passage along a plan (multihop.Path)
	HeuristicBridge    Heuristic = "bridge"    // passages one hop from the best ones are searched (multihop.Finder)
	HeuristicHops      Heuristic = "hops"      // look-ups of a plan are answered one by one
	HeuristicTranslate Heuristic = "translate" // a question that finds nothing is searched in the other language
	HeuristicSpellOut  Heuristic = "spell-out" // a bare value is graded with the question (SpellOut)
	HeuristicNearest   Heuristic = "nearest"   // support is graded on the nearest sentences, not on whole passages
	HeuristicUnsure    Heuristic = "unsure"    // the best draft that only the model refuses is given as not certain
	HeuristicOffTopic  Heuristic = "off-topic" // an answer that a plan reached through another subject counts nowhere else
)

// Heuristics are all of them.
func Heuristics() []Heuristic {
	return []Heuristic{
		HeuristicPlan, HeuristicPath, HeuristicBridge, HeuristicHops, HeuristicTranslate, HeuristicSpellOut, HeuristicNearest,
		HeuristicUnsure, HeuristicOffTopic,
	}
}

// Removable are the names of all rules and heuristics that LeaveOut takes.
func Removable() []string {
	var out []string
	for _, r := range claim.Rules() {
		out = append(out, string(r))
	}
	for _, h := range Heuristics() {
		out = append(out, string(h))
	}
	return out
}

// LeaveOut has the agent do without a rule or a heuristic, by its name.
func (c *Config) LeaveOut(name string) error {
	switch {
	case slices.Contains(claim.Rules(), claim.Rule(name)):
		c.WithoutRules = append(slices.Clone(c.WithoutRules), claim.Rule(name))
	case slices.Contains(Heuristics(), Heuristic(name)):
		c.WithoutHeuristics = append(slices.Clone(c.WithoutHeuristics), Heuristic(name))
	default:
		return fmt.Errorf("there is no rule %q: use one of %s", name, strings.Join(Removable(), ", "))
	}
	return nil
}

// uses reports whether a heuristic is not left out.
func (c Config) uses(h Heuristic) bool { return !slices.Contains(c.WithoutHeuristics, h) }

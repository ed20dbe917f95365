package serve

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"selfrag/agent"
)

// Arms are the strategies among which an experiment divides the questions that
// name none. The zero value has none: there is no experiment.
type Arms struct {
	experiment string
	arms       []arm
}

type arm struct {
	strategy string
	weight   float64
}

// ParseArms reads "STRATEGY=WEIGHT,STRATEGY=WEIGHT", with two strategies at
// least; the empty text is no experiment. The experiment's name is part of what
// decides who gets which arm: under another name all is drawn anew.
func ParseArms(experiment, text string) (Arms, error) {
	if strings.TrimSpace(text) == "" {
		return Arms{}, nil
	}
	if !isExperiment(experiment) {
		return Arms{}, fmt.Errorf("experiment %q: use up to 40 letters from a to z, digits, - and _", experiment)
	}
	a := Arms{experiment: experiment}
	for part := range strings.SplitSeq(text, ",") {
		strategy, number, _ := strings.Cut(part, "=")
		strategy = strings.TrimSpace(strategy)
		if !isStrategy(strategy) {
			return Arms{}, fmt.Errorf("arms %q: unknown strategy %q: use %s", text, strategy, strings.Join(agent.StrategyNames(), ", "))
		}
		if slices.ContainsFunc(a.arms, func(other arm) bool { return other.strategy == strategy }) {
			return Arms{}, fmt.Errorf("arms %q: %s is named twice", text, strategy)
		}
		weight, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || weight <= 0 || math.IsInf(weight, 0) || math.IsNaN(weight) {
			return Arms{}, fmt.Errorf("arms %q: the weight of %s must be a number above 0, as in %s=50", text, strategy, strategy)
		}
		a.arms = append(a.arms, arm{strategy, weight})
	}
	if len(a.arms) < 2 {
		return Arms{}, fmt.Errorf("arms %q: name at least two strategies, as in self-rag=50,two-stage=50", text)
	}
	return a, nil
}

func isExperiment(name string) bool {
	odd := func(c rune) bool { return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') }
	return name != "" && len(name) <= 40 && !strings.ContainsFunc(name, odd)
}

// On tells whether there is an experiment.
func (a Arms) On() bool { return len(a.arms) > 0 }

// Assign is the arm of a unit, such as a user, of a tenant: the same one at
// every call, on every replica. It is weighted rendezvous hashing (Thaler and
// Ravishankar 1998; weights as by Schindelhauer and Schomaker 2005): the unit
// draws a number for each arm by hash, and the arm with the highest wins. So
// the shares are those of the weights, in whatever order the arms stand, and
// raising a weight or adding an arm moves units to that arm alone.
func (a Arms) Assign(tenant, unit string) string {
	var best string
	highest := math.Inf(-1)
	for _, each := range a.arms {
		// Exponentially distributed with the weight as its rate; the least wins.
		if score := math.Log(uniform(a.experiment, tenant, unit, each.strategy)) / each.weight; score > highest {
			best, highest = each.strategy, score
		}
	}
	return best
}

// uniform is a number above 0 and below 1 that the texts determine.
func uniform(texts ...string) float64 {
	h := sha256.New()
	for _, text := range texts {
		// With their lengths, so that no two lists of texts read alike.
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return (float64(binary.BigEndian.Uint64(h.Sum(nil))>>11) + 0.5) / (1 << 53)
}

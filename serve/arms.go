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

// Arms holds the arms of an experiment. Each arm is a strategy with a weight. A
// question that names no strategy gets the strategy of one arm. The zero value
// has no arms, which means that no experiment runs.
type Arms struct {
	experiment string
	arms       []arm
}

type arm struct {
	strategy string
	weight   float64
}

// ParseArms parses text, which has the form "STRATEGY=WEIGHT,STRATEGY=WEIGHT"
// with at least two strategies. The empty text means that no experiment runs.
// experiment is the name of the experiment. A new name assigns all users to
// arms anew, at random.
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

// On reports whether an experiment runs.
func (a Arms) On() bool { return len(a.arms) > 0 }

// Assign returns the arm for a unit of a tenant. A unit is a user, a session, a
// key or a single question. Assign returns the same arm at every call and on
// every replica. It uses weighted rendezvous hashing (Thaler and Ravishankar
// 1998; weights as by Schindelhauer and Schomaker 2005). A hash gives the unit
// a number for each arm, and the arm with the highest number is chosen. The
// share of an arm is proportional to its weight and does not depend on the
// order of the arms. If an arm is new or gets a higher weight, units move only
// to that arm.
func (a Arms) Assign(tenant, unit string) string {
	var best string
	highest := math.Inf(-1)
	for _, each := range a.arms {
		// u is the number from 0 to 1 that uniform returns for an arm. The arm
		// with the highest log(u)/weight wins. Each arm then wins with a
		// probability proportional to its weight, because -log(u)/weight is
		// exponentially distributed with the weight as its rate.
		if score := math.Log(uniform(a.experiment, tenant, unit, each.strategy)) / each.weight; score > highest {
			best, highest = each.strategy, score
		}
	}
	return best
}

// uniform returns a number in the open interval (0, 1) that depends only on the
// texts.
func uniform(texts ...string) float64 {
	h := sha256.New()
	for _, text := range texts {
		// The length goes first, so that different lists of texts never hash
		// the same bytes.
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return (float64(binary.BigEndian.Uint64(h.Sum(nil))>>11) + 0.5) / (1 << 53)
}

package eval

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Parameter is a setting to tune, with the values to try.
type Parameter struct {
	Key    string
	Values []string
}

// Candidate is a choice of values, by the settings' keys.
type Candidate map[string]string

// String is "key=value" for each setting, in the order of the keys: the
// candidate's name in a run's file.
func (c Candidate) String() string {
	parts := make([]string, 0, len(c))
	for _, key := range slices.Sorted(maps.Keys(c)) {
		parts = append(parts, key+"="+c[key])
	}
	return strings.Join(parts, " ")
}

// Candidates are at most n choices from the space, each once, start the first:
// all of them where there are no more, else drawn by the seed. A larger n
// holds the smaller one's.
func Candidates(space []Parameter, start Candidate, n int, seed uint64) []Candidate {
	all := 1
	for _, p := range space {
		if all *= len(p.Values); all > 1<<40 { // it is drawn from anyway
			break
		}
	}
	out := []Candidate{start}
	seen := map[string]bool{start.String(): true}
	take := func(c Candidate) {
		if !seen[c.String()] {
			seen[c.String()] = true
			out = append(out, c)
		}
	}
	if all <= n {
		for i := range all {
			take(choice(space, func(values int) int { at := i % values; i /= values; return at }))
		}
		return out
	}
	random := rand.New(rand.NewPCG(seed, 5))
	// Beyond so many draws in vain little is left that was not drawn.
	for range 50 * n {
		if len(out) >= n {
			break
		}
		take(choice(space, random.IntN))
	}
	return out
}

func choice(space []Parameter, pick func(values int) int) Candidate {
	c := Candidate{}
	for _, p := range space {
		c[p.Key] = p.Values[pick(len(p.Values))]
	}
	return c
}

// CheckSpace refuses a space in which there is nothing to choose.
func CheckSpace(space []Parameter) error {
	if len(space) == 0 {
		return fmt.Errorf("nothing to tune: name a setting with its values")
	}
	for _, p := range space {
		if len(p.Values) == 0 {
			return fmt.Errorf("%s has no values to try", p.Key)
		}
	}
	return nil
}

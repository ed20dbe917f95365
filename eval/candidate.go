package eval

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Parameter holds the key of a setting to tune and the values to try.
type Parameter struct {
	Key    string
	Values []string
}

// Candidate holds a value for each setting to tune, by the key of the setting.
type Candidate map[string]string

// String returns "key=value" for each setting, in the order of the keys. This
// text is the name of the candidate in the file of a run.
func (c Candidate) String() string {
	parts := make([]string, 0, len(c))
	for _, key := range slices.Sorted(maps.Keys(c)) {
		parts = append(parts, key+"="+c[key])
	}
	return strings.Join(parts, " ")
}

// Candidates returns at most n different candidates from the space, with start
// first. If the space has no more than n candidates, it returns all of them.
// Otherwise it draws them at random, using the seed. The result for a larger n
// contains the result for a smaller one.
func Candidates(space []Parameter, start Candidate, n int, seed uint64) []Candidate {
	all := 1
	for _, p := range space {
		if all *= len(p.Values); all > 1<<40 { // too many to try all
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
	// After this many draws almost every choice has been drawn.
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

// CheckSpace returns an error if a space has no settings, or a setting without
// values to try.
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

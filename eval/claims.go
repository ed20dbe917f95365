package eval

// Claims counts the claims of an arm. The claims are the sentences in the
// drafts of all rounds. A sentence that is in two drafts counts twice.
type Claims struct {
	Graded int `json:"graded"`
	// Refuted counts the claims that code refuted, by rule (claim.Rule). Claims
	// that the model graded too low are not counted.
	Refuted map[string]int `json:"refuted,omitempty"`
}

// AllRefuted returns the number of claims that code refuted by any rule.
func (c Claims) AllRefuted() int {
	all := 0
	for _, n := range c.Refuted {
		all += n
	}
	return all
}

func (c *Claims) add(o Outcome) {
	for _, r := range o.Rounds {
		c.Graded += len(r.Claims)
		for _, claim := range r.Claims {
			if claim.Refuted == nil {
				continue
			}
			if c.Refuted == nil {
				c.Refuted = map[string]int{}
			}
			c.Refuted[string(claim.Refuted.Rule)]++
		}
	}
}
